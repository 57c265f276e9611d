"""What happens to a program on shared machines in days, done on purpose: every case is counted."""
