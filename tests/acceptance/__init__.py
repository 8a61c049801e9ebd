"""Whole networks, from file to compiled header."""
