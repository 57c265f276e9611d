"""Low-latency video (paper 001): features propagated between key frames."""
