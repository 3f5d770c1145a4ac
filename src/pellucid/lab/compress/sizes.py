"""How many bytes a network is, stage by stage: as trained, sparse, indexed, in a packed file."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil, log2

import numpy as np
import torch
from torch import nn

from pellucid.artifact import Card
from pellucid.training.compress.coding import CODERS
from pellucid.training.compress.packed import pack, unpack
from pellucid.training.compress.streams import FAR, Array, Coded, to_streams
from pellucid.training.compress.weights import tensors_of
from pellucid.training.nets.binary import Binary
from pellucid.training.nets.light import LightNet
from pellucid.training.nets.plain import Enlarger, PlainNet
from pellucid.training.quantise import quantise
from pellucid.video.integer import IntegerNetwork
from pellucid.video.model import pack as artifact_of

FLOAT, HALF = 32, 16  # bits
GAP = FAR.bit_length()  # bits of a gap
Tensors = dict[str, Array]


def tensors_to_pack(net: nn.Module) -> Tensors:
    """What a file has to hold: all tensors; of binary blocks signs and scales, not full weights."""
    tensors = {name: tensor.numpy() for name, tensor in tensors_of(net).items()}
    for name, block in net.named_modules():
        if isinstance(block, Binary):
            tensors[f"{name}.conv.weight"] = block.signs().numpy().astype(np.int8)
            tensors[f"{name}.scale"] = block.scale().detach().numpy()
    return tensors


def as_kept(net: Enlarger) -> Enlarger:
    """What comes back from the network's packed file: a copy."""
    tensors, _ = unpack(pack(tensors_to_pack(net), {}, "ans"))
    for name in [name for name in tensors if name.endswith(".scale")]:
        weight = name.removesuffix(".scale") + ".conv.weight"
        tensors[weight] = tensors[weight] * tensors.pop(name)
    made = LightNet(net.block, net.shape) if isinstance(net, LightNet) else _plain(net)
    made.load_state_dict({name: torch.from_numpy(one).float() for name, one in tensors.items()})
    return made


def _plain(net: Enlarger) -> PlainNet:
    """An own one: copies of a parametrised layer share its class, and would be settled together."""
    assert isinstance(net, PlainNet)
    return PlainNet(net.shape)


def integer(net: Enlarger, steps: list[float]) -> IntegerNetwork:
    """The integer network of a plain one without a gate."""
    assert isinstance(net, PlainNet)
    network = quantise(net, steps)
    assert isinstance(network, IntegerNetwork)
    return network


def sizes_of_integer(network: IntegerNetwork) -> dict[str, int]:
    """Bytes by form. int8: as the model file has its tensors. huffman, ans: whole packed files."""
    tensors = artifact_of(network, Card("", "", "", "", "")).tensors
    return {"int8": sum(one.nbytes for one in tensors.values())} | files(tensors)


def sizes_of_float(net: nn.Module) -> dict[str, int]:
    """Bytes by form. "sparse" and "indexed" are Han et al.'s, where most weights are zero.

    float32: every number in full. sparse: weights in float32, the zeros before each in 5 bits.
    indexed: weights as numbers of a float16 codebook. huffman, ans: whole packed files.
    """
    tensors = tensors_to_pack(net)
    sizes = {"float32": 4 * sum(one.numel() for one in tensors_of(net).values())}
    sparse = {name: _gaps(one) for name, one in tensors.items()}
    if any(sparse.values()):
        sizes["sparse"] = ceil(sum(_sparse(tensors[n], gaps) for n, gaps in sparse.items()) / 8)
        coded = {n: to_streams(one.astype(np.float16).reshape(-1)) for n, one in tensors.items()}
        if all(coded[name] for name, gaps in sparse.items() if gaps):
            bits = sum(_indexed(tensors[name], one) for name, one in coded.items())
            sizes["indexed"] = ceil(bits / 8)
    return sizes | files(tensors)


def files(tensors: Mapping[str, Array]) -> dict[str, int]:
    """Bytes of the packed file by its coder."""
    return {coder: len(pack(tensors, {}, coder)) for coder in CODERS}


def _gaps(tensor: Array) -> int:
    """How many gaps tell where a tensor's values stand; 0 where most are not zero."""
    coded = to_streams((tensor.reshape(-1) != 0).astype(np.int8))
    return 0 if coded is None or coded.gaps is None else coded.gaps.size


def _sparse(tensor: Array, gaps: int) -> int:
    if not gaps:
        return FLOAT * tensor.size
    return FLOAT * int(np.count_nonzero(tensor)) + GAP * gaps


def _indexed(tensor: Array, coded: Coded | None) -> int:
    if coded is None:
        return HALF * int(tensor.size)
    number = ceil(log2(max(len(coded.values), 2)))
    gaps = 0 if coded.gaps is None else coded.gaps.size
    return HALF * len(coded.values) + number * coded.numbers.size + GAP * gaps
