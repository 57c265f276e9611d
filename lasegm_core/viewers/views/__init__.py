"""The viewers, and the explorer that shows them in tabs."""
