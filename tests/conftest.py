"""Random examples are the same in every run, and a slow machine fails no law."""

from hypothesis import settings

settings.register_profile("hustings", derandomize=True, deadline=None, max_examples=200)
settings.load_profile("hustings")
