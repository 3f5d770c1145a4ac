"""What coding alone makes of the shipped networks: the same networks in fewer bytes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pellucid.artifact import read, shipped_models
from pellucid.training.compress.coding import CODERS, table_of
from pellucid.training.compress.packed import pack


@dataclass(frozen=True)
class Coding:
    """Bytes of a model: its tensors as they stand in its file, packed by each coder; bits: that a
    weight is worth by how often each value occurs, of 8.
    """

    name: str
    tensors: int
    huffman: int
    ans: int
    bits: float


def shipped() -> list[Coding]:
    """Of each shipped network of pictures; its card is left out everywhere."""
    return [_coding(name) for name in shipped_models()]


def _coding(name: str) -> Coding:
    artifact = read(shipped_models()[name])
    weights = [one.reshape(-1) for one in artifact.tensors.values() if one.dtype == np.int8]
    symbols = np.concatenate(weights).astype(np.int32) + 128
    huffman, ans = (len(pack(artifact.tensors, artifact.card.settings, one)) for one in CODERS)
    raw = sum(one.nbytes for one in artifact.tensors.values())
    return Coding(name, raw, huffman, ans, table_of(symbols).entropy)
