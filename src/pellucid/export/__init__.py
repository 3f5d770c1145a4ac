"""The shipped networks for other runtimes: phones, browsers, whatever reads ONNX."""
