"""The weights of a voice network, ways to make them smaller, and mixtures to judge by."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import torch
from onnx import numpy_helper

from pellucid.audio.model import read_voice
from pellucid.training.compress.pruning import masks
from pellucid.training.compress.rounding import best_steps, top_of
from pellucid.training.compress.sharing import cluster
from pellucid.training.voice.cleaning import RATE
from pellucid.training.voice.mixing import Mixer
from pellucid.training.voice.recipe import DenoiseRecipe
from pellucid.training.voice.sounds import load_sounds

Array = npt.NDArray[np.float32]
Weights = dict[str, Array]
FIXED = ("net.gather", "net.spread")  # sums over bands: written in the code, never trained
LEAST = 64  # numbers; smaller tensors are biases and slopes, and stay float16


@dataclass(frozen=True, eq=False)
class Kept:
    """seen: the weights as the network runs with them. packed: what a file has to hold for that."""

    seen: Weights
    packed: dict[str, Any]


Way = Callable[[Weights], Kept]


def trained(model: onnx.ModelProto) -> Weights:
    """What training made, by name."""
    return {
        one.name: np.array(numpy_helper.to_array(one), np.float32)
        for one in model.graph.initializer
        if one.name not in FIXED
    }


def with_weights(model: onnx.ModelProto, weights: Weights) -> bytes:
    """The model with other weights, serialised."""
    changed = onnx.ModelProto()
    changed.CopyFrom(model)
    for one in changed.graph.initializer:
        if one.name in weights:
            one.CopyFrom(numpy_helper.from_array(weights[one.name], one.name))
    return bytes(changed.SerializeToString())


def read_graph(path: Path) -> onnx.ModelProto:
    """Of a voice's model file."""
    return onnx.load_from_string(read_voice(path)[0])


def mixtures(
    recipe: DenoiseRecipe, folders: Sequence[Path], count: int
) -> list[tuple[torch.Tensor, torch.Tensor]]:
    """Batches of held-out mixtures and clean voices, the same each time."""
    mixer = Mixer(load_sounds(folders, RATE, held_out=True), recipe)
    return [mixer.batch(step) for step in range(count)]


def is_large(weight: Array) -> bool:
    """Whether a way of making smaller is for it."""
    return weight.size >= LEAST and weight.ndim > 1


def halves(weights: Weights) -> Kept:
    """float16 for float32."""
    seen = {name: one.astype(np.float16).astype(np.float32) for name, one in weights.items()}
    return Kept(seen, dict[str, Any](seen))


def rounded(bits: int) -> Way:
    """Evenly spaced values, each row of a matrix with its own step."""

    def way(weights: Weights) -> Kept:
        kept = halves(weights)
        for name, weight in weights.items():
            if is_large(weight):
                codes, steps = _codes(weight, bits)
                seen = codes.astype(np.float32) * steps.astype(np.float32)
                kept.seen[name] = seen.reshape(weight.shape)
                kept.packed.update({name: codes, f"{name} step": steps})
        return kept

    return way


def shared(values: int, prune: float = 0.0) -> Way:
    """Few values a tensor, found by k-means, after a share of all weights was set to zero."""

    def way(weights: Weights) -> Kept:
        kept = halves(weights)
        large = {name: torch.from_numpy(one) for name, one in weights.items() if is_large(one)}
        for name, mask in masks(large, prune).items():
            weight = (weights[name] * mask.numpy()).astype(np.float64)
            codebook, index = cluster(weight, values)
            table = np.concatenate([[0], codebook.astype(np.float16)]).astype(np.float32)
            kept.seen[name] = kept.packed[name] = table[index]
        return kept

    return way


def _codes(weight: Array, bits: int) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.float16]]:
    """Whole numbers (rows, C) and the float16 step of each row, (rows, 1)."""
    rows = weight.reshape(-1, weight.shape[-1]) if weight.shape[0] == 1 else weight
    rows, top = rows.reshape(len(rows), -1), top_of(bits)
    steps = best_steps(torch.from_numpy(rows), bits).numpy().astype(np.float16)[:, None]
    codes = np.rint(rows / steps.astype(np.float32)).clip(-top, top).astype(np.int8)
    return codes, steps


WAYS: dict[str, Way] = {
    "float16": halves,
    "8 bits": rounded(8),
    "6 bits": rounded(6),
    "5 bits": rounded(5),
    "4 bits": rounded(4),
    "64 values": shared(64),
    "32 values": shared(32),
    "16 values": shared(16),
    "30 % pruned, 32 values": shared(32, 0.3),
    "50 % pruned, 32 values": shared(32, 0.5),
}
