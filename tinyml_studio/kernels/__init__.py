"""One bit-exact NumPy kernel per instruction."""
