"""One converter per ONNX operator."""
