"""All that the page tells of: tasks by part, each done by itself and kept in the journal."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from math import pi, sin, sqrt
from typing import Any

import numpy as np
import torch
from torch import nn

from pellucid.lab.pieces import curves
from pellucid.lab.pieces.bounds import serra
from pellucid.lab.pieces.encode import along, fit_autoencoders, fit_encoders
from pellucid.lab.pieces.geometry import Array
from pellucid.lab.pieces.problem import (
    Plane,
    Segment,
    box,
    convolutional_net,
    folded_net,
    random_net,
    soft_pictures,
    through,
)  # fmt: skip
from pellucid.lab.pieces.solver import subdivide

Found = dict[str, Any]
PARTS = ("counts", "slices", "fits", "cells", "curves")
HALF = 4.0  # of the box in which random networks are counted
PATCH = 4  # pixels, side of what convolutional networks see
WIDTHS = (
    (2, 8, 1), (2, 16, 1), (2, 32, 1), (2, 8, 8, 1), (2, 16, 16, 1), (2, 32, 32, 1),
    (2, 64, 64, 1), (2, 8, 8, 8, 1), (2, 16, 16, 16, 1), (2, 8, 8, 8, 8, 1),
)  # fmt: skip
CONVOLUTIONS = ((2, 1), (4, 1), (4, 2), (4, 3))  # channels, layers
ENCODERS = ((2, 2, 1), (2, 8, 1), (2, 32, 1), (2, 16, 16, 1), (2, 32, 32, 1))
SPIRALS, HILBERTS = (0.5, 1.0, 2.0, 4.0, 8.0), (1, 2, 3, 4)
POLYLINES = (2, 4)
DRAWN = (2, 16, 16, 1), 16  # the encoder, and the pieces of the decoder, whose cells are drawn


@dataclass(frozen=True)
class Effort:
    """seeds: of each random network and training, from 1. steps: of a training."""

    seeds: int = 3
    steps: int = 1000


@dataclass(frozen=True)
class Task:
    """One of a part; `run` finds what is kept."""

    part: str
    name: str
    run: Callable[[], Found]


def tasks(effort: Effort) -> Iterator[Task]:
    """All, the quick ones first."""
    seeds = range(1, effort.seeds + 1)
    for layers in (1, 2, 3, 4):
        yield Task("counts", f"folded {layers}", partial(count_folded, layers))
    for widths in WIDTHS:
        for seed in seeds:
            yield Task("counts", f"{named(widths)} {seed}", partial(count_dense, widths, seed))
    for channels, layers in CONVOLUTIONS:
        for seed in seeds:
            run = partial(count_convolutional, channels, layers, seed)
            yield Task("slices", f"{channels} x {layers} {seed}", run)
    for pieces in POLYLINES:
        yield Task("fits", f"{pieces} pieces", partial(fit_polyline, pieces, effort))
    yield Task("cells", "spiral of one turn", partial(fit_drawn, effort))
    for widths in ENCODERS:
        yield Task("curves", f"{named(widths)} spiral", partial(encode_spirals, widths, effort))
        yield Task("curves", f"{named(widths)} hilbert", partial(encode_hilberts, widths, effort))


def named(widths: Sequence[int]) -> str:
    """2-16-1."""
    return "-".join(map(str, widths))


def count_folded(layers: int) -> Found:
    """Of the network that folds the unit square."""
    unit = Plane(torch.zeros(2), torch.tensor([1.0, 0.0]), torch.tensor([0.0, 1.0]))
    found = subdivide(folded_net(layers), unit)
    widths = [2, *[4] * layers, 1]
    return {"widths": widths, "regions": found.regions, "pieces": found.pieces}


def count_dense(widths: Sequence[int], seed: int) -> Found:
    """In the box, and along its diagonal. seconds: of the processor, for the box."""
    net = random_net(widths, seed)
    start = time.process_time()
    found = subdivide(net, box(HALF))
    pieces = found.pieces
    seconds = time.process_time() - start
    diagonal = Segment(torch.tensor([-HALF, -HALF]), torch.tensor([HALF, HALF]))
    return {
        "widths": list(widths), "seed": seed, "regions": found.regions, "pieces": pieces,
        "diagonal": subdivide(net, diagonal).pieces, "area off": abs(found.covered - 1),
        "seconds": round(seconds, 3),
    }  # fmt: skip


def count_convolutional(channels: int, layers: int, seed: int) -> Found:
    """On a plane through three soft pictures, and along the way from one to another."""
    net, pictures = convolutional_net(channels, layers, seed), soft_pictures(3, PATCH, seed)
    plane = subdivide(net, through(pictures))
    segment = subdivide(net, Segment(pictures[0], pictures[1]))
    units = [channels * PATCH**2] * layers
    return {
        "channels": channels, "layers": layers, "seed": seed, "units": units,
        "regions": plane.regions, "pieces": plane.pieces, "segment": segment.pieces,
    }  # fmt: skip


def encode_spirals(widths: Sequence[int], effort: Effort) -> Found:
    """Of every length, from every seed."""
    return _encode("spiral", widths, {turns: curves.spiral(turns) for turns in SPIRALS}, effort)


def encode_hilberts(widths: Sequence[int], effort: Effort) -> Found:
    """Of every level, from every seed."""
    return _encode("hilbert", widths, {level: curves.hilbert(level) for level in HILBERTS}, effort)


def _encode(
    curve: str, widths: Sequence[int], known: Mapping[float, Array], effort: Effort
) -> Found:
    wanted = [(size, seed) for size in known for seed in range(1, effort.seeds + 1)]
    nets = fit_encoders(widths, [(known[size], seed) for size, seed in wanted], effort.steps)
    rows = [
        {"size": size, "seed": seed, **asdict(along(net, known[size]))}
        for (size, seed), net in zip(wanted, nets, strict=True)
    ]
    return {"curve": curve, "widths": list(widths), "rows": rows}


def forbidden(curve: str, widths: Sequence[int], size: float) -> bool:
    """Whether theory says that no weights of these widths encode a curve of this size."""
    if curve == "spiral":
        return curves.spiral_regions_needed(size) > serra(widths)
    one_layer = len(widths) == 3
    return one_layer and curves.hilbert_units_needed(int(size)) > widths[1]


def fit_polyline(pieces: int, effort: Effort) -> Found:
    """The half circle by a polyline, the best of the seeds. floor: no polyline has less error."""
    net, error = _best(curves.half_circle(), (2, 8, 1), pieces, effort)
    line = decoded(net, curves.half_circle())
    return {
        "asked": pieces, "error": error, "floor": least_error(pieces),
        "pieces": len(line) - 1, "line": line.round(4).tolist(),
    }  # fmt: skip


def fit_drawn(effort: Effort) -> Found:
    """An autoencoder of the spiral of one turn, with its weights, so that it can be drawn."""
    widths, pieces = DRAWN
    net, error = _best(curves.spiral(1), widths, pieces, effort)
    weights = {name: values.tolist() for name, values in net.state_dict().items()}
    told = along(net[0], curves.spiral(1))
    return {"error": error, "weights": weights, **asdict(told)}


def decoded(net: nn.Sequential, curve: Array) -> Array:
    """(n + 1, 2), corners and ends of the polyline that a decoder makes of the encoded curve."""
    with torch.no_grad():
        told = net[0](torch.from_numpy(curve))
    found = subdivide(net[1], Segment(told.min(dim=0).values, told.max(dim=0).values))
    ends = [cell.corners[0] @ values for cell, values in zip(found.cells, found.maps, strict=True)]
    return np.stack([*ends, found.cells[-1].corners[1] @ found.maps[-1]])


def least_error(pieces: int) -> float:
    """RMS distance of the half circle from the best polyline of equal pieces, by integration.

    A piece that sees the angle 2 b lies at the mean of the cosine, sin(b) / b, from the middle.
    """
    b = pi / (2 * pieces)
    return sqrt(0.5 + sin(2 * b) / (4 * b) - (sin(b) / b) ** 2)


def _best(
    curve: Array, encoder: Sequence[int], pieces: int, effort: Effort
) -> tuple[nn.Sequential, float]:
    seeds = range(1, effort.seeds + 1)
    made = fit_autoencoders(encoder, pieces, curve, seeds, effort.steps)
    return min(made, key=lambda one: one[1])
