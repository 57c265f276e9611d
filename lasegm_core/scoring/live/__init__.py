"""A network at work on a running video, in a browser: `lasegm live`.

`serving` answers the browser and needs no torch, so that the address is printed at once. Two
threads then work: `player` hands on the frames of a `source` at its real pace, and `worker` runs
the network, which `network` loads, always on the newest one. Both meet in the `session`; `picture`
draws what it holds, and `page` passes it on.
"""
