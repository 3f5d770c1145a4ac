"""The surface unrolls without folding; evenness knows even points; the map evens them out."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.spatial import Delaunay

from pellucid.errors import FrameError
from pellucid.lab.transport.evenness import draw, evenness, head_area, likeness, patches
from pellucid.lab.transport.geometry import cross, disk
from pellucid.lab.transport.head import head
from pellucid.lab.transport.networks import learn
from pellucid.lab.transport.surface import Surface, bust
from pellucid.lab.transport.surfaces import WAYS, Sampled, learned_ways, sample_surface
from pellucid.lab.transport.unroll import rim_of, unroll


@pytest.fixture(scope="module")
def sampled() -> Sampled:
    return sample_surface(400, 20_000, seed=1)


@pytest.fixture(scope="module")
def surface(sampled: Sampled) -> Surface:
    return sampled.surface


def test_the_head_is_one_disk_of_regular_triangles() -> None:
    vertices, triangles = head(400)
    assert 300 < len(vertices) < 500
    sides = np.concatenate([triangles[:, [k, (k + 1) % 3]] for k in range(3)])
    edges = np.unique(np.sort(sides, axis=1), axis=0)
    assert len(vertices) - len(edges) + len(triangles) == 1  # Euler's number of a disk
    lengths = np.linalg.norm(vertices[edges[:, 0]] - vertices[edges[:, 1]], axis=1)
    assert lengths.max() < 5 * np.median(lengths)
    with pytest.raises(FrameError, match="vertices: expected 100"):
        head(99)


@pytest.mark.parametrize("count", [100, 400, 1500])
def test_no_triangle_turns_over(count: int) -> None:
    surface = bust(count)
    a, b, c = (surface.flat[surface.triangles[:, k]] for k in range(3))
    areas = cross(b - a, c - a) / 2
    assert areas.min() > 0
    assert areas.sum() == pytest.approx(surface.domain.area)
    assert surface.domain.contains(surface.flat).all()


def test_a_flat_disk_unrolls_onto_itself() -> None:
    """Mean value weights reproduce linear maps: a mesh that is flat already stays as it is."""
    edge = disk(12).corners
    flat = np.concatenate([edge, 0.9 * disk(12).draw(np.random.default_rng(0), 40)])
    triangles = Delaunay(flat).simplices.astype(np.int64)
    again, rim = unroll(np.column_stack([flat, np.zeros(len(flat))]), triangles)
    assert rim.tolist() == list(range(12))
    np.testing.assert_allclose(again, flat, atol=1e-9)


def test_surfaces_without_one_rim_are_refused() -> None:
    closed = np.array([[0, 1, 2], [0, 3, 1], [1, 3, 2], [2, 3, 0]])
    with pytest.raises(FrameError, match="closed one"):
        rim_of(closed)
    with pytest.raises(FrameError, match="several"):
        rim_of(np.array([[0, 1, 2], [3, 4, 5]]))


def test_places_are_found_again(surface: Surface) -> None:
    rng = np.random.default_rng(0)
    triangles = rng.integers(len(surface.triangles), size=300)
    shares = rng.dirichlet(np.ones(3), 300)
    places = np.einsum("kc,kcd->kd", shares, surface.flat[surface.triangles[triangles]])
    found, theirs = surface.locate(places)
    assert (found == triangles).mean() > 0.99
    np.testing.assert_allclose(theirs[found == triangles], shares[found == triangles], atol=1e-4)
    np.testing.assert_allclose(surface.lift(surface.flat), surface.vertices, atol=1e-4)
    with pytest.raises(FrameError, match="places: expected all on the disk"):
        surface.locate(np.array([[1.5, 0.0]]))


def test_patches_have_about_equal_areas(surface: Surface) -> None:
    labels = patches(surface, 16)
    areas = np.bincount(labels, surface.areas)
    assert len(areas) == 16
    assert areas.max() < 1.3 * areas.mean()
    assert areas.min() > 0.7 * areas.mean()


def test_uniform_points_are_even_and_a_heap_is_not(surface: Surface) -> None:
    labels, rng = patches(surface, 16), np.random.default_rng(0)
    triangles, points = draw(surface, rng, 20_000)
    found = evenness(surface, labels, triangles)
    assert found.variation == pytest.approx(found.noise, rel=0.6)
    assert 4 < found.chi_square < 36  # 15 degrees of freedom: beyond once in hundreds
    assert found.head == pytest.approx(head_area(surface), abs=0.02)
    heap = evenness(surface, labels, np.zeros(1000, np.int64))
    assert heap.variation == pytest.approx(np.sqrt(15), rel=0.1)  # all in one of 16
    nearest, distances = likeness(surface, rng)(points)
    assert evenness(surface, labels, nearest).variation < 2 * found.noise
    assert distances.max() < 0.1


def test_the_map_at_least_halves_the_variation(sampled: Sampled) -> None:
    numbers = sampled.numbers
    assert numbers["with"]["variation"] < 0.5 * numbers["without"]["variation"]
    assert numbers["without"]["head"] < 0.2 * numbers["head area"]
    assert numbers["with"]["head"] == pytest.approx(numbers["head area"], rel=0.1)
    assert numbers["residual"] < 1e-8


def test_networks_learn_a_line() -> None:
    torch.set_num_threads(1)
    rng = np.random.default_rng(0)

    def pairs(count: int) -> tuple[np.ndarray, np.ndarray]:
        inputs = 5 + rng.standard_normal((count, 2))
        return inputs, inputs @ [[100.0], [-50.0]]

    found = learn(pairs, 16, 600, seed=0)
    inputs, wanted = pairs(500)
    assert np.abs(found(inputs) - wanted).mean() < 0.05 * wanted.std()
    assert found.loss < 0.01
    assert found.parameters == 2 * 16 + 16 + 16 * 16 + 16 + 16 + 1
    assert np.array_equal(found(inputs), found(inputs))


def test_each_way_makes_a_surface(sampled: Sampled) -> None:
    torch.set_num_threads(1)
    ways = learned_ways(sampled, 1, 20)
    assert tuple(ways) == WAYS
    for made, _ in ways.values():
        points = made(sampled.places[:50])
        assert points.shape == (50, 3)
        assert np.isfinite(points).all()
    exact = ways[WAYS[0]][0](sampled.places[:50])
    np.testing.assert_allclose(exact, sampled.surface.lift(sampled.moved[:50]), atol=1e-12)
    assert ways[WAYS[3]][1] == pytest.approx(ways[WAYS[2]][1], rel=0.05)  # as many parameters
