"""Counts what an ONNX model costs, from the shapes that it has while it runs.

Everything is run once on zeros, with what lies between as outputs: shapes that a model computes,
such as a recurrence's, are then known as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from pathlib import Path
from typing import Any

import numpy as np

from pellucid.bench.cost.layers import FLOAT, Cost, LayerCost
from pellucid.errors import ArtifactError, MissingExtraError

BENDS = {"Relu", "LeakyRelu", "PRelu", "Sigmoid", "Tanh", "Clip"}
BIASED = {"Conv": 2, "ConvTranspose": 2, "Gemm": 2, "GRU": 3}  # where the bias stands
Shapes = dict[str, tuple[int, ...]]
Free = Mapping[str | int, int]


def cost_of_graph(path: Path, free: Free, shape: str) -> Cost:
    """The cost of a model file. free: what its free dimensions are, by name or by place in the
    input's shape; all others are 1. shape: how to tell them.

    Raises ArtifactError for a file that is no model or does not run so, MissingExtraError.
    """
    try:
        import onnx
    except ImportError as error:
        raise MissingExtraError('counting needs onnx: pip install "pellucid[speed]"') from error
    try:
        model = onnx.load(str(path))
        shapes = _shapes(model, free)
    except Exception as error:  # the parser's and the runtime's errors have no common root
        raise ArtifactError(f"{path}: not a model that runs on {shape} ({error})") from error
    weights = {each.name for each in model.graph.initializer}
    used: set[str] = set()
    rows = []
    for node in model.graph.node:
        rows += _layer(node, shapes, weights, used)
    return Cost(path.stem, shape, FLOAT, tuple(rows))


def _shapes(model: Any, free: Free) -> Shapes:
    """Of all that has a name in a model."""
    import onnxruntime

    wide = type(model)()
    wide.CopyFrom(model)
    named = [name for node in model.graph.node for name in node.output if name]
    there = {each.name for each in model.graph.output}
    wide.graph.output.extend([type(wide.graph.output[0])(name=n) for n in named if n not in there])
    session = onnxruntime.InferenceSession(
        wide.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    given = {each.name: _zeros(each, free) for each in session.get_inputs()}
    made = session.run(named, given)
    shapes = {each.name: tuple(each.dims) for each in model.graph.initializer}
    shapes |= {name: array.shape for name, array in given.items()}
    return shapes | {name: np.shape(array) for name, array in zip(named, made, strict=True)}


def _zeros(tensor: Any, free: Free) -> Any:
    sizes = [
        size if isinstance(size, int) else free.get(size, free.get(place, 1))
        for place, size in enumerate(tensor.shape)
    ]
    kinds = {"tensor(float)": np.float32, "tensor(uint8)": np.uint8, "tensor(int64)": np.int64}
    return np.zeros(sizes, kinds.get(tensor.type, np.float32))


def _layer(node: Any, shapes: Shapes, weights: set[str], used: set[str]) -> list[LayerCost]:
    """A node that multiplies by weights or bends; a weight that is shared is counted once."""
    macs, offset = _macs(node, shapes, weights), node.op_type == "Add" and weights & {*node.input}
    if not macs and not offset and node.op_type not in BENDS:
        return []
    fresh = [name for name in node.input if name in weights and name not in used]
    used.update(fresh)
    made = prod(shapes[node.output[0] or node.output[1]])
    biased = offset or len(node.input) > BIASED.get(node.op_type, len(node.input))
    return [
        LayerCost(
            name=f"{node.op_type} to {'x'.join(map(str, shapes[node.output[0]]))}",
            parameters=sum(prod(shapes[name]) for name in fresh),
            macs=macs,
            others=made if biased or node.op_type in BENDS else 0,
            read=prod(shapes[node.input[0]]) if macs else 0,
            written=made if macs else 0,
        )
    ]


def _macs(node: Any, shapes: Shapes, weights: set[str]) -> int:
    """One for each use of a weight."""
    if not node.input:
        return 0
    given, out = shapes.get(node.input[0], ()), shapes[node.output[0]]
    if node.op_type == "Conv":
        return prod(out) * prod(shapes[node.input[1]][1:])
    if node.op_type == "ConvTranspose":
        return prod(given) * prod(shapes[node.input[1]][1:])
    if node.op_type == "GRU":
        steps, batch = given[0], given[1]
        return steps * batch * sum(prod(shapes[name]) for name in node.input[1:3])
    if node.op_type in ("MatMul", "Gemm") and set(node.input[:2]) & weights:
        return prod(out) * given[-1]
    return 0
