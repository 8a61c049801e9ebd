"""The same Studio from a terminal."""
