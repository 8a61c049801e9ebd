"""ONNX models that are quantized already: Q/DQ pairs, integer operators and QONNX."""
