"""The explorer in a real browser, on rendered clips and the stored runs of the smoke profile."""
