"""Texts into values and values into texts; never files."""
