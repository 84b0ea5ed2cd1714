"""7. What is declared and published."""
