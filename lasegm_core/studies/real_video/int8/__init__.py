"""Published networks in int8 beside fp32, each by its own predictions and latency."""
