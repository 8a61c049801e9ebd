"""Programs in C: built, run, compared."""
