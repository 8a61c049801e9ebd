"""TinyML Studio: what quantization does to a network, and the exact integers of the chip."""

__version__ = "0.1.0"
