"""Operators on constants, evaluated in NumPy with bounded results."""
