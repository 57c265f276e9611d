"""What the survey (paper 002) states beside its speeds: Tables I to III, and claims, decided."""
