"""A movie of networks at work: `lasegm movie`.

`timeline` says which frame and which prediction are shown when, `newest` makes the predictions,
`panels` draws them, `writing` encodes them, and `making` joins all four. `unlabelled` reads a video
without labels, which can be shown but not scored.
"""
