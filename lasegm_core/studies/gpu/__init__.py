"""Reference results of one GPU in minutes: Table 1 by seeds, latencies, counting."""
