"""Engines: ways to run the same network, each compared with torch's eager fp32 and timed."""
