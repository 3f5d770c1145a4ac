"""Trains a rung on what all rungs are trained on, scores it and counts its pieces."""

from __future__ import annotations

from statistics import fmean

from torch import Tensor

from pellucid.lab.pieces.frozen import Network
from pellucid.lab.pieces.solver import subdivide
from pellucid.lab.size.geometry import Slices
from pellucid.lab.size.outcome import Measured
from pellucid.lab.size.problem import Rung, macs
from pellucid.training.batches import Batches
from pellucid.training.dataset import Dataset
from pellucid.training.nets.plain import PlainNet
from pellucid.training.recipe import Recipe
from pellucid.training.train import Training
from pellucid.training.validate import held_out, scores


def measure(rung: Rung, base: Recipe, dataset: Dataset, slices: Slices) -> Measured:
    """Train it; gains are of the float network over bicubic, held out."""
    recipe = rung.recipe(base)
    training = Training(recipe, Batches(dataset, recipe))
    training.run(lambda report: None)
    net = training.net  # the average that ships is for trainings much longer than its memory
    found = scores(held_out(dataset), net, [])
    groups = [name.removesuffix(" bicubic") for name in found if name.endswith(" bicubic")]
    gains = {group: found[f"{group} float"] - found[f"{group} bicubic"] for group in groups}
    residual = residual_of(net)
    return Measured(
        width=rung.width, depth=rung.depth, steps=rung.steps, seed=rung.seed,
        parameters=sum(parameter.numel() for parameter in net.parameters()),
        macs=macs(sum(weight.numel() for weight, _ in net.folded())),
        gains=gains,
        on_segments=fmean(subdivide(residual, one).pieces for one in slices.segments),
        on_planes=fmean(subdivide(residual, one).pieces for one in slices.planes),
    )  # fmt: skip


def residual_of(net: PlainNet) -> Network:
    """What the network adds to the enlarged picture, in float64: the skip is affine everywhere."""
    exact = net.at(0).double()

    def residual(low: Tensor) -> Tensor:
        *_, features = exact.hidden(low, low)  # without a gate nobody looks at the traces
        return features

    return residual
