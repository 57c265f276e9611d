"""LAmIoU projected for every network with a printed mIoU and a printed latency."""
