"""Exact counts of linear pieces, beside brute force, closed forms and what must not matter."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations, product

import numpy as np
import numpy.typing as npt
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from pellucid.errors import FrameError
from pellucid.lab.pieces.problem import Plane, Segment, box, folded_net, random_net, through
from pellucid.lab.pieces.solver import subdivide

HALF = 4.0
SMALL = [[2, 5, 1], [2, 3, 2, 1], [2, 3, 3, 2], [2, 2, 2, 2, 1]]
UNIT = Plane(torch.zeros(2), torch.tensor([1.0, 0.0]), torch.tensor([0.0, 1.0]))
seeds = st.integers(0, 10**6)
shapes = st.sampled_from([[2, 6, 1], [2, 5, 4, 1], [2, 4, 4, 3, 2]])
few = settings(max_examples=15, deadline=None)


def layers(net: nn.Sequential) -> list[tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]]:
    dense = [part for part in net if isinstance(part, nn.Linear)]
    return [(part.weight.detach().numpy(), part.bias.detach().numpy()) for part in dense]


@dataclass(frozen=True, eq=False)
class Region:
    """A pattern of passing (1) and blocking (-1) units, and what holds there.

    units: (n, 3), slopes and offset of each unit before its ReLU; made: the same of the outputs.
    """

    signs: npt.NDArray[np.float64]
    units: npt.NDArray[np.float64]
    made: npt.NDArray[np.float64]


def region(net: nn.Sequential, signs: Sequence[float]) -> Region:
    *hidden, (weight, bias) = layers(net)
    passed, units = np.hstack([np.eye(2), np.zeros((2, 1))]), []
    for matrix, offset in hidden:
        units.append(matrix @ passed + np.outer(offset, [0, 0, 1]))
        at = sum(map(len, units))
        passed = units[-1] * (np.array(signs[at - len(offset) : at]) > 0)[:, None]
    made = weight @ passed + np.outer(bias, [0, 0, 1])
    return Region(np.array(signs), np.vstack(units), made)


def room(*regions: Region) -> float:
    """The largest t at a point of the box where units are on their side by t, in all the regions.

    Where the regions differ in a unit, 0 will do.
    """
    linprog = pytest.importorskip("scipy.optimize").linprog
    same = np.all([one.signs == regions[0].signs for one in regions], axis=0)
    rows = np.vstack([one.signs[:, None] * one.units for one in regions])
    matrix = np.column_stack([-rows[:, :2], np.tile(same, len(regions))])
    limits = [(-HALF, HALF), (-HALF, HALF), (None, 1.0)]
    found = linprog([0, 0, -1], A_ub=matrix, b_ub=rows[:, 2] + 1e-12, bounds=limits)
    return float(found.x[2]) if found.success else -1.0


def with_room(net: nn.Sequential) -> list[Region]:
    """Every pattern is tried."""
    count = sum(len(bias) for _, bias in layers(net)[:-1])
    every = (region(net, signs) for signs in product((-1.0, 1.0), repeat=count))
    return [one for one in every if room(one) > 1e-8]


def brute_pieces(regions: list[Region]) -> int:
    """Regions with one map are joined where both have room on what parts them."""
    joined = list(range(len(regions)))
    for i, j in combinations(range(len(regions)), 2):
        one, other = regions[i], regions[j]
        if np.allclose(one.made, other.made, rtol=0, atol=1e-9) and room(one, other) > 1e-8:
            joined = [joined[i] if name == joined[j] else name for name in joined]
    return len(set(joined))


@pytest.mark.parametrize("widths", SMALL, ids=str)
@pytest.mark.parametrize("seed", range(4))
def test_counts_are_those_of_brute_force(widths: list[int], seed: int) -> None:
    net = random_net(widths, seed)
    found, tried = subdivide(net, box(HALF)), with_room(net)
    assert found.regions == len(tried)
    assert found.pieces == brute_pieces(tried)


def test_a_dense_grid_sees_the_same_maps() -> None:
    net = random_net([2, 6, 6, 1], 5)
    found = subdivide(net, box(HALF))
    large = [m for m, cell in zip(found.maps, found.cells, strict=True) if cell.size > 1e-4]
    points = (2 * torch.rand(40_000, 2, generator=torch.Generator().manual_seed(1)) - 1) * HALF
    points = points.double().requires_grad_(True)
    (slopes,) = torch.autograd.grad(net(points).sum(), points)
    seen = {tuple(slope) for slope in slopes.numpy().round(6) + 0.0}
    slopes_of = [(m[1:, 0] - m[0, 0]) / (2 * HALF) for m in found.maps]
    assert {tuple(slope.round(6) + 0.0) for slope in slopes_of} >= seen
    assert len(large) > 20
    for m in large:
        assert tuple(((m[1:, 0] - m[0, 0]) / (2 * HALF)).round(6) + 0.0) in seen


def test_some_nets_have_fewer_pieces_than_regions() -> None:
    """So that the merging above was put to the test."""
    found = [subdivide(random_net([2, 3, 2, 1], seed), box(HALF)) for seed in range(8)]
    assert any(one.pieces < one.regions for one in found)


@few
@given(shapes, seeds)
def test_areas_add_up_to_the_box(widths: list[int], seed: int) -> None:
    assert subdivide(random_net(widths, seed), box(HALF)).covered == pytest.approx(1, abs=1e-9)


def changed(widths: list[int], seed: int, how: Callable[[nn.Linear, nn.Linear], None]) -> nn.Module:
    """The network with something done to its first layer and the one behind."""
    net = random_net(widths, seed)
    assert isinstance(net[0], nn.Linear)
    assert isinstance(net[2], nn.Linear)
    with torch.no_grad():
        how(net[0], net[2])
    return net


def same_counts(widths: list[int], seed: int, other: nn.Module) -> None:
    one, two = (subdivide(net, box(HALF)) for net in (random_net(widths, seed), other))
    assert (one.regions, one.pieces) == (two.regions, two.pieces)


@few
@given(shapes, seeds)
def test_the_order_of_units_does_not_matter(widths: list[int], seed: int) -> None:
    def permute(first: nn.Linear, behind: nn.Linear) -> None:
        order = torch.randperm(widths[1], generator=torch.Generator().manual_seed(seed))
        first.weight.copy_(first.weight[order].clone())
        first.bias.copy_(first.bias[order].clone())
        behind.weight.copy_(behind.weight[:, order].clone())

    same_counts(widths, seed, changed(widths, seed, permute))


@few
@given(shapes, seeds, st.floats(0.01, 100))
def test_a_unit_scaled_and_scaled_back_does_not_matter(
    widths: list[int], seed: int, factor: float
) -> None:
    def scale(first: nn.Linear, behind: nn.Linear) -> None:
        first.weight[0] *= factor
        first.bias[0] *= factor
        behind.weight[:, 0] /= factor

    same_counts(widths, seed, changed(widths, seed, scale))


@few
@given(shapes, seeds)
def test_a_dead_unit_does_not_matter(widths: list[int], seed: int) -> None:
    """One that never passes changes nothing; one that nobody hears cuts regions, not pieces."""
    wider = [widths[0], widths[1] + 1, *widths[2:]]

    def fill(net: nn.Sequential, bias: float, heard: float) -> nn.Sequential:
        small, large = random_net(widths, seed), net
        with torch.no_grad():
            for index, part in enumerate(small):
                if isinstance(part, nn.Linear):
                    own = large[index]
                    assert isinstance(own, nn.Linear)
                    own.weight[: part.out_features, : part.in_features] = part.weight
                    own.bias[: part.out_features] = part.bias
            large[0].bias[-1] = bias  # type: ignore[index]
            large[2].weight[:, -1] = heard  # type: ignore[index]
        return net

    whole = subdivide(random_net(widths, seed), box(HALF))
    never = subdivide(fill(random_net(wider, seed), -1e3, 1.0), box(HALF))
    unheard = subdivide(fill(random_net(wider, seed), 0.3, 0.0), box(HALF))
    assert (never.regions, never.pieces) == (whole.regions, whole.pieces)
    assert unheard.pieces == whole.pieces
    assert unheard.regions >= whole.regions


@pytest.mark.parametrize("folds", [1, 2, 3, 4])
def test_every_fold_doubles_the_pieces_of_both_sides(folds: int) -> None:
    """Montúfar et al. 2014, section 3: 2**L along a side, 4**L of the square."""
    net = folded_net(folds)
    side = subdivide(net, Segment(torch.tensor([0.0, 0.3]), torch.tensor([1.0, 0.3])))
    assert side.pieces == 2**folds
    assert subdivide(net, UNIT).pieces == 4**folds


def test_lines_of_one_layer_cut_as_geometry_says() -> None:
    """n lines in general position that all meet within the box: 1 + n + n (n - 1) / 2."""
    net = nn.Sequential(nn.Linear(2, 5), nn.ReLU(), nn.Linear(5, 1)).double()
    angles = torch.arange(5) * 0.6
    with torch.no_grad():
        net[0].weight.copy_(torch.stack([angles.cos(), angles.sin()], dim=1))
        net[0].bias.copy_(torch.tensor([0.1, -0.2, 0.15, 0.05, -0.1]))
        net[2].weight.copy_(torch.arange(1, 6))
    assert subdivide(net, box(HALF)).pieces == 1 + 5 + 10


def test_a_segment_has_no_more_pieces_than_its_points_tell() -> None:
    net = random_net([3, 8, 8, 1], 4)
    start, end = torch.tensor([-2.0, 1, 0]).double(), torch.tensor([2.0, 0, 1]).double()
    found = subdivide(net, Segment(start, end))
    middles = [0.5 * (cell.corners[0, 1] + cell.corners[1, 1]) for cell in found.cells]
    steps = torch.linspace(0, 1, 200_001, dtype=torch.float64)[:, None]
    with torch.no_grad():
        slopes = torch.diff(net(start + steps * (end - start))[:, 0])
    kinks = int((torch.diff(slopes).abs() > 1e-9).sum())
    assert middles == sorted(middles)
    # A kink between two samples shows in one or two of the second differences.
    assert found.pieces - 1 <= kinks <= 2 * (found.pieces - 1)


class Residual(nn.Module):
    """A convolutional network with a skip, as the product's are."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(3)
        self.first, self.second = nn.Conv2d(1, 4, 3, padding=1), nn.Conv2d(4, 4, 3, padding=1)
        self.double()

    def forward(self, low: Tensor) -> Tensor:
        features = self.first(low).relu()
        features = features + nn.functional.relu(self.second(features))
        up = nn.functional.interpolate(low, scale_factor=2, mode="bilinear")
        return nn.functional.pixel_shuffle(features, 2) + up


def test_convolutions_count_as_the_dense_layers_that_they_are() -> None:
    net = nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(), nn.Conv2d(2, 1, 3)).double()
    torch.manual_seed(5)
    for parameter in net.parameters():
        nn.init.normal_(parameter)
    plane = Plane(*torch.randn(3, 1, 6, 6).double())
    dense, bias = [], []
    for part, size in ((net[0], (1, 6, 6)), (net[2], (2, 4, 4))):
        zero = part(torch.zeros(1, *size).double()).reshape(-1)
        units = torch.eye(int(np.prod(size))).double().reshape(-1, *size)
        dense.append((part(units).reshape(len(units), -1) - zero).T)
        bias.append(zero)
    flat = nn.Sequential(nn.Linear(36, 32), nn.ReLU(), nn.Linear(32, 4)).double()
    with torch.no_grad():
        for part, weight, offset in zip((flat[0], flat[2]), dense, bias, strict=True):
            part.weight.copy_(weight)
            part.bias.copy_(offset)
    one = subdivide(net, plane)
    other = subdivide(
        flat, Plane(*(p.reshape(-1) for p in (plane.corner, plane.along, plane.across)))
    )
    assert one.regions == other.regions > 20
    assert one.pieces == other.pieces


def test_skips_and_shuffles_are_gone_through() -> None:
    points = torch.rand(3, 1, 5, 5, generator=torch.Generator().manual_seed(2))
    found = subdivide(Residual(), through(points))
    assert found.regions > 100
    assert found.covered == pytest.approx(1, abs=1e-9)


def test_other_bends_and_other_shapes_are_refused() -> None:
    with pytest.raises(FrameError, match="bends by ReLU alone"):
        subdivide(nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 1)).double(), box(1))
    with pytest.raises(FrameError, match="of one shape"):
        subdivide(random_net([2, 3, 1], 0), Segment(torch.zeros(2), torch.zeros(3)))
    with pytest.raises(FrameError, match="at most 10 cells"):
        subdivide(random_net([2, 16, 1], 0), box(HALF), most=10)
