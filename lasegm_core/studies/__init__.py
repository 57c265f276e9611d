"""One package a question. No study imports another, but for `streaming` and `flow`."""
