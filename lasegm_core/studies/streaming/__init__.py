"""One device while the camera does not wait: ages, scores, policies, jitter, rankings."""
