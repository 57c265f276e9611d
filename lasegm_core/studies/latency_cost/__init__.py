"""What decides how much latency costs a network?"""
