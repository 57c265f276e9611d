"""The explorer as a page on this machine: Voila with a token."""
