"""Networks on one device while the camera does not wait: ages, scores, policies, jitter, ranks."""
