"""The parts as a stream: their costs, the simulated time line and the real one."""
