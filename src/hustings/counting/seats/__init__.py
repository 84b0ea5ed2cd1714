"""Several seats: counts in stages, in which votes may be parts of a paper."""
