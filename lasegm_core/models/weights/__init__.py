"""Published weights: the list of them, their fetching, and networks that have them."""
