"""6. How we know."""
