"""Everything that touches the world: files, the clock, the screen."""
