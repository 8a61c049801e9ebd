"""The integer network in plain Python: slow, obvious, and the judge of the kernels and of the C."""
