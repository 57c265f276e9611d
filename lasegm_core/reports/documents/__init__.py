"""Documents of the results: pages with their numbers, notebooks run, one HTML file of all."""
