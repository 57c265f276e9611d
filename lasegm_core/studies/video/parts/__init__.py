"""What a network is taken apart into: features, ways to propagate them, the deviation head."""
