"""What the user asks of quantization, and the parameters and errors that follow from it."""
