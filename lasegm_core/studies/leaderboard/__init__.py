"""LAmIoU projected for every network of which an mIoU and a latency are printed."""
