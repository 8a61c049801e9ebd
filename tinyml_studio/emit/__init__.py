"""Program to one C header."""
