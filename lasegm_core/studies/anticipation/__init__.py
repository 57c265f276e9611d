"""When does anticipation pay? Configurations 1 to 3 in worlds that differ in one thing."""
