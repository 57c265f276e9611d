"""The parts of a network: features, methods that propagate them, the deviation head."""
