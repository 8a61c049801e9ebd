"""Sample sets, the float run, and streaming statistics."""
