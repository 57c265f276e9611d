"""The explorer as a page on this machine, served by Voila with a token."""
