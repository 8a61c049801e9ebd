"""Everything that the window does, without Qt."""
