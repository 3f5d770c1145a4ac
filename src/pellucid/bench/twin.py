"""The same network for other runtimes: an int8 ONNX file, quantised the way that they like.

For timing only. Convolutions, ReLU and sizes are those of the integer network; scales stand where
its requantisation is, and the skip is the picture itself repeated, so that nobody does less.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid.errors import MissingExtraError
from pellucid.video.integer import IntegerNetwork


def onnx_twin(network: IntegerNetwork, height: int, width: int) -> bytes:
    """An ONNX model, float32 (1, 1, H, W) in 0..255 to (1, 1, 2H, 2W), with int8 inside.

    Raises MissingExtraError without the onnx package.
    """
    try:
        from onnx import TensorProto, helper
    except ImportError as error:
        raise MissingExtraError('the twin needs onnx: pip install "pellucid[speed]"') from error
    graph = _Graph(helper)
    scale, zero = graph.constant(np.float32(1)), graph.constant(np.uint8(0))
    features = graph.node("QuantizeLinear", ["picture", scale, zero])
    for number, layer in enumerate(network.layers):
        last = number + 1 == len(network.layers)
        made = _layer(graph, features, layer.weight, scale, zero)
        features = made if last else _requantised(graph, made)
    grown = graph.node("DepthToSpace", [features], blocksize=2)
    one, two = np.array([1, 1, 2, 2], np.float32), graph.constant(np.array([], np.float32))
    skip = graph.node("Resize", ["picture", two, graph.constant(one)], mode="nearest")
    graph.node("Add", [grown, skip], out="large")
    ends = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, 1, n * height, n * width])
        for name, n in (("picture", 1), ("large", 2))
    ]
    made = helper.make_graph(graph.nodes, "twin", ends[:1], ends[1:], graph.constants)
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    return bytes(model.SerializeToString())


class _Graph:
    """Nodes and constants with names of their own."""

    def __init__(self, helper: Any) -> None:
        self._helper = helper
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def constant(self, value: Any) -> str:
        from onnx import numpy_helper

        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(value), name))
        return name

    def node(self, kind: str, inputs: list[str], out: str = "", **attributes: Any) -> str:
        name = out or f"n{len(self.nodes)}"
        self.nodes.append(self._helper.make_node(kind, inputs, [name], **attributes))
        return name


def _layer(graph: _Graph, features: str, weight: Any, scale: str, zero: str) -> str:
    outputs = weight.shape[0]
    scales = graph.constant(np.full(outputs, 0.01, np.float32))
    zeros = graph.constant(np.zeros(outputs, np.int8))
    weights = graph.node("DequantizeLinear", [graph.constant(weight), scales, zeros], axis=0)
    inputs = graph.node("DequantizeLinear", [features, scale, zero])
    bias = graph.constant(np.zeros(outputs, np.float32))
    pads = [weight.shape[2] // 2] * 4
    return graph.node("Conv", [inputs, weights, bias], pads=pads)


def _requantised(graph: _Graph, made: str) -> str:
    scale, zero = graph.constant(np.float32(1)), graph.constant(np.uint8(0))
    return graph.node("QuantizeLinear", [graph.node("Relu", [made]), scale, zero])
