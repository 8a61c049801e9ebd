"""Tables of one-dimensional functions, filled in exact integer arithmetic where TFLite has it."""
