"""A movie of networks at work: `lasegm movie`.

`video` reads the clip, with labels or without; `timeline` says which of its frames a camera sees
when; `columns` loads, times and scores the networks, and `newest` makes their predictions; `stored`
reads both from a folder of results instead; `panels` draws them, `writing` encodes them, and
`making` joins all.
"""
