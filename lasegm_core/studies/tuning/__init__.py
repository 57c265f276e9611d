"""How a few minutes of training are spent best, on clips that decide no verdict."""
