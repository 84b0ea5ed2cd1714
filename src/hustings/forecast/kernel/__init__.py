"""Many thousand exact counts at once, on arrays."""
