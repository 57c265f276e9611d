"""A movie of networks at work: `lasegm movie`.

`video` finds the clip, which may have no labels, and `timeline` says which of its frames a camera
sees when. `newest` makes the predictions, `columns` the lines under them, and `panels` draws both.
`writing` encodes what is drawn, and `making` joins all of them.
"""
