"""The generator: an integer network read back, and noise beside it."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from pellucid.artifact import find_model
from pellucid.training import constraints
from pellucid.training.adversarial.generator import Generator, cells
from pellucid.training.adversarial.recipe import CELL
from pellucid.video.integer import GatedNetwork, reference
from pellucid.video.model import load


@pytest.fixture(scope="module")
def standard() -> GatedNetwork:
    network = load(find_model("standard"))[0]
    assert isinstance(network, GatedNetwork)
    return network


@pytest.fixture(scope="module")
def generator(standard: GatedNetwork) -> Generator:
    torch.manual_seed(0)
    return Generator(standard, 3)


def test_an_untrained_generator_is_the_network_it_began_with(
    standard: GatedNetwork, generator: Generator
) -> None:
    again = generator.network()
    for one, other in zip(standard.networks, again.networks, strict=True):
        for before, after in zip(one.layers, other.layers, strict=True):
            assert before.shift == after.shift
            for name in ("weight", "bias", "multiplier"):
                np.testing.assert_array_equal(getattr(before, name), getattr(after, name))


def test_training_sees_the_bytes_that_ship(generator: Generator) -> None:
    rng = np.random.default_rng(0)
    low = rng.integers(0, 256, (3, 16, 24)).astype(np.uint8)
    levels = torch.tensor([0, 2, 1])
    made = generator.exactly(torch.from_numpy(low)[:, None].float(), levels) * 255
    nets = generator.network().networks
    for picture, level, one in zip(low, levels.tolist(), made[:, 0], strict=True):
        expected = reference(nets[level], picture)
        np.testing.assert_array_equal(one.detach().round().numpy().astype(np.uint8), expected)


def test_the_float_network_is_near_the_exact_one(generator: Generator) -> None:
    low = torch.rand(2, 1, 24, 24)
    low = (low * 255).round()
    levels = torch.tensor([1, 1])
    apart = (generator(low / 255, levels) - generator.exactly(low, levels)).abs()
    assert apart.mean() < 1.5 / 255


def test_no_noise_is_noise_of_nothing_and_some_noise_is_seen(generator: Generator) -> None:
    low, levels = torch.rand(2, 1, 16, 16), torch.tensor([0, 1])
    quiet = generator(low, levels)
    side = cells(16)
    torch.testing.assert_close(generator(low, levels, torch.zeros(2, 3, side, side)), quiet)
    assert (generator(low, levels, torch.ones(2, 3, side, side)) != quiet).any()


def test_noise_of_a_cell_stays_near_it(generator: Generator) -> None:
    """A cell's noise reaches as far as the layers do, and no further."""
    low, levels = torch.rand(1, 1, 40, 40), torch.tensor([0])
    z = torch.zeros(1, 3, cells(40), cells(40))
    z[:, :, 0, 0] = 1
    moved = generator(low, levels, z) != generator(low, levels)
    reach = 2 * (CELL + 6)
    assert moved[:, :, : 2 * CELL, : 2 * CELL].any()
    assert not moved[:, :, reach:].any()
    assert not moved[:, :, :, reach:].any()


def test_the_tangent_term_goes_through_the_generator(generator: Generator) -> None:
    low, levels = torch.rand(2, 1, 8, 8), torch.tensor([0, 2])
    z = torch.rand(2, 3)
    columns = constraints.jacobian(lambda code: generator(low, levels, code), z)
    assert columns.shape == (2, 256, 3)
    tiny = 1e-3
    for k in range(3):
        moved = generator(low, levels, z + tiny * torch.eye(3)[k]) - generator(low, levels, z)
        torch.testing.assert_close(
            columns[:, :, k], moved.flatten(1).detach() / tiny, atol=2e-3, rtol=0.2
        )
