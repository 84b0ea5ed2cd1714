"""Pictures as SVG: each is a pure function of what it shows and of a key for its ids."""
