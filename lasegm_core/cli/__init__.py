"""The console script `lasegm`: commands, arguments, exit codes."""
