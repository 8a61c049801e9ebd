"""Float ONNX of a Graph: the draft, one function per operator, and their registry."""
