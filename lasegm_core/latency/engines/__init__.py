"""The same weights by other engines: torch's own, ONNX Runtime, OpenVINO, TensorRT."""
