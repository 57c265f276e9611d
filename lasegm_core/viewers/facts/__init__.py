"""What the viewers say, computed without a widget: motion, errors, the best runs, hardware."""
