"""ONNX detectors: session, preprocessing, output decoders, NMS, cards."""
