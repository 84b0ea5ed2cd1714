"""The pages of a race before its result: the forecast, what it rests on, and what is not known."""
