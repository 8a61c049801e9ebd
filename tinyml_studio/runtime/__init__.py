"""ONNX Runtime at work, only over ONNX that formats wrote itself."""
