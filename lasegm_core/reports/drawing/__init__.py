"""What all figures have in common: their colours, and their page."""
