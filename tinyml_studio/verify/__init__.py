"""Compile the header, run it, compare it with the simulator."""
