"""The parts as a stream: what each takes, the simulated time line and the real one."""
