"""The zoo: every network of the papers counted, timed, scored, and set beside what is printed."""
