"""A file a network, and the blocks that several of them share."""
