"""Low-latency video segmentation: features carried from key frames, judged when they come.

After Li, Shi, Lin, "Low-Latency Video Semantic Segmentation", CVPR 2018 (summarised in paper 001).
Networks in three parts, `low`, `high` and `head` (SwiftNet, DeepLab), compute the high-level part
on key frames alone.
"""
