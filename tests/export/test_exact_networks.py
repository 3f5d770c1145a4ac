"""The torch modules that exports are made from, and ONNX: the reference's bytes."""

from __future__ import annotations

import warnings
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.errors import ExportError
from pellucid.frames import Plane
from pellucid.video.integer import SKIPS, IntegerNetwork, Layer, reference
from video.networks import noise, pictures, plain_networks, random_network

torch = pytest.importorskip("torch")
from pellucid.export import to_onnx  # noqa: E402
from pellucid.export.networks import ExactNet, FloatNet, check_sums  # noqa: E402


def luma(picture: Plane) -> torch.Tensor:
    return torch.from_numpy(np.ascontiguousarray(picture))[None, None]


@given(plain_networks, pictures)
def test_the_exact_module_gives_the_references_bytes(
    network: IntegerNetwork, picture: Plane
) -> None:
    made = ExactNet(network)(luma(picture))[0, 0].numpy()
    np.testing.assert_array_equal(made, reference(network, picture))


@settings(max_examples=20)
@given(plain_networks, st.lists(pictures, min_size=2, max_size=4))
def test_onnx_gives_the_references_bytes_for_any_size(
    network: IntegerNetwork, several: list[Plane]
) -> None:
    with TemporaryDirectory() as folder:
        paths = to_onnx.convert(network, (6, 8), Path(folder), "net")
        for picture in several:
            np.testing.assert_array_equal(to_onnx.run(paths, picture), reference(network, picture))


@pytest.mark.parametrize("shift", [0, 1, 15])
@pytest.mark.parametrize("multiplier", [0, 1, 254, 255, 256, 32767])
def test_requantisation_at_its_edges(multiplier: int, shift: int) -> None:
    """Biases that bring the sums to where each rounding and saturation begins."""
    first = Layer(
        np.array([1, -1, 127, -127], np.int8)[:, None, None, None],
        np.array([-1, 40_000, 2**20, -(2**20)], np.int32),
        np.full(4, multiplier, np.int16),
        shift,
    )
    last = Layer(
        np.full((4, 4, 3, 3), -3, np.int8),
        np.array([-(2**22), 2**22, 1, 0], np.int32),
        np.full(4, multiplier, np.int16),
        shift,
    )
    network = IntegerNetwork((first, last))
    picture = np.arange(256, dtype=np.uint8).reshape(16, 16)
    made = ExactNet(network)(luma(picture))[0, 0].numpy()
    np.testing.assert_array_equal(made, reference(network, picture))


def test_sums_past_what_float32_holds_are_refused() -> None:
    network = random_network(1, depth=2, factor=1, widest=3)
    last = network.layers[-1]
    check_sums(network)
    large = replace(last, bias=np.full(4, 2**24, np.int32))
    with pytest.raises(ExportError, match="float32 is exact below 16777216"):
        ExactNet(replace(network, layers=(*network.layers[:-1], large)))


@pytest.mark.parametrize("factor", [1, 2])
@pytest.mark.parametrize("skip", SKIPS)
def test_the_float_module_without_residual_is_the_skip(factor: int, skip: str) -> None:
    network = replace(random_network(3, depth=2, factor=factor, widest=4), skip=skip)
    last = network.layers[-1]
    silent = replace(last, multiplier=np.zeros_like(last.multiplier))
    network = replace(network, layers=(network.layers[0], silent))
    picture = noise(9, 11)
    made = FloatNet(network)(luma(picture).float())[0, 0].numpy()
    np.testing.assert_array_equal(np.floor(made + 0.5), reference(network, picture))


def test_the_onnx_file_computes_in_float32_alone(tmp_path: Path) -> None:
    """So that it runs on WebGPU and the like, which have no wider integers."""
    onnx = pytest.importorskip("onnx")
    network = random_network(2, depth=3, factor=1, widest=8)
    (path,) = to_onnx.convert(network, (6, 8), tmp_path, "net")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        graph = onnx.shape_inference.infer_shapes(onnx.load(str(path))).graph
    types = {each.name: each.type.tensor_type.elem_type for each in graph.value_info}
    kinds = {node.op_type for node in graph.node}
    assert {"Conv", "Floor", "Mul", "Add", "Sub", "DepthToSpace"} <= kinds
    for node in graph.node:
        if node.op_type in {"Pad", "Conv", "Floor", "Relu", "Min", "Mul", "Add", "Sub", "Clip"}:
            assert types[node.output[0]] == onnx.TensorProto.FLOAT, node.name
    assert not kinds & {"BitShift", "Div", "Mod", "If", "Loop"}
