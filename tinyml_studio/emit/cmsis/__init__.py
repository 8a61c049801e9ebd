"""A program as calls of CMSIS-NN: which layers it can compute, and with what."""
