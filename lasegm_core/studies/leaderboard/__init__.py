"""LAmIoU projected for every network that these papers print an mIoU and a latency of."""
