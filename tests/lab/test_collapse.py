"""Modes where they should be, scores of samples that are known, and seeds that mind their own."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from pellucid.errors import FrameError, RecipeError
from pellucid.lab.collapse.arms import ARMS
from pellucid.lab.collapse.codes import drawing
from pellucid.lab.collapse.digits import Digits
from pellucid.lab.collapse.experiment import DATA, Plan
from pellucid.lab.collapse.geometry import JUDGED, Mixture, grid, nearest, ring, two
from pellucid.lab.collapse.nets import Layers
from pellucid.lab.collapse.outcome import judge, told
from pellucid.lab.collapse.scores import score
from pellucid.lab.collapse.solver import Fit, Settings
from pellucid.lab.collapse.stacked import Stacked
from pellucid.lab.collapse.starts import Starts
from pellucid.training.transport.arrays import Array

WITHIN = 1 - np.exp(-4.5)  # of a round Gaussian in the plane, within three standard deviations
MIXTURES = {"ring": ring(), "grid": grid(), "two": two()}


class Few(Mixture):
    """With so few samples to learn from that transport takes no time."""

    @property
    def learned(self) -> Array:
        return super().learned[:120]


def fresh(data: Mixture, seed: int = 5, count: int = JUDGED) -> Array:
    return data.fresh(np.random.default_rng(seed), count)


def test_eight_modes_stand_45_degrees_apart() -> None:
    centres = ring().centres
    assert len(centres) == 8
    np.testing.assert_allclose(np.linalg.norm(centres, axis=1), 1)
    angles = np.sort(np.degrees(np.arctan2(centres[:, 1], centres[:, 0])) % 360)
    np.testing.assert_allclose(angles, 45 * np.arange(8), atol=1e-9)


def test_the_grid_has_25_modes_two_apart_and_the_two_are_40_apart() -> None:
    centres = grid().centres
    assert len(np.unique(centres, axis=0)) == 25
    apart = np.linalg.norm(centres[:, None] - centres, axis=2)
    assert np.min(apart + 9 * np.eye(25)) == 2
    assert np.abs(centres).max() == 4
    np.testing.assert_array_equal(two().centres[1] - two().centres[0], [40, 40])


@pytest.mark.parametrize("name", MIXTURES)
def test_samples_of_the_truth_score_all_that_can_be_had(name: str) -> None:
    data = MIXTURES[name]
    found = score(data, fresh(data))
    assert found.modes == len(data.centres)
    assert found.quality == pytest.approx(WITHIN, abs=0.007)
    assert found.reverse_kl < 0.02
    assert found.entropy == pytest.approx(np.log(len(data.centres)), abs=0.02)
    assert found.newness == pytest.approx(1, abs=0.15)


@pytest.mark.parametrize("name", MIXTURES)
def test_one_place_scores_one_mode_whatever_the_data(name: str) -> None:
    data = MIXTURES[name]
    found = score(data, np.tile(data.centres[1], (500, 1)))
    assert (found.modes, found.quality, found.entropy) == (1, 1, 0)
    assert found.reverse_kl == pytest.approx(np.log(len(data.centres)))


def test_samples_between_modes_are_not_good_and_keep_none() -> None:
    data = ring()
    found = score(data, fresh(data) * 0.9)
    assert (found.modes, found.quality, found.newness) == (0, 0, 0)
    assert found.entropy > 2  # they are still nearest to all of them


def test_copies_keep_every_mode_and_are_not_new() -> None:
    data = grid()
    found = score(data, data.learned)
    assert found.modes == 25
    assert found.newness < 1e-3


def test_what_is_no_number_is_not_good() -> None:
    made = fresh(ring(), count=100)
    made[:50] = np.nan
    assert score(ring(), made).quality <= 0.5


def test_lost_modes_cost_what_theory_says() -> None:
    """Half of the modes with equal shares: KL is log 2."""
    data = ring()
    half = Mixture(data.centres[::2], data.spread)
    found = score(data, fresh(half, count=20_000))
    assert found.modes == 4
    assert found.reverse_kl == pytest.approx(np.log(2), abs=0.01)


def test_the_nearest_is_the_nearest() -> None:
    one, other = np.random.default_rng(0).random((2, 30, 5))
    expected = np.linalg.norm(one[:, None] - other, axis=2).min(1)
    np.testing.assert_allclose(nearest(one, other), expected)


def test_digits_are_told_apart_and_held_out_ones_are_good() -> None:
    data = Digits()
    assert data.learned.shape == (1437, 64)
    assert data.accuracy > 0.97
    found = score(data, data.fresh(np.random.default_rng(0), 500))
    assert found.modes == 10
    assert found.quality > 0.95
    assert found.newness == pytest.approx(1, abs=0.1)
    noise = np.random.default_rng(0).random((200, 64))
    assert score(data, noise).quality == 0


def test_three_digits_are_a_number_of_a_thousand() -> None:
    data, digits = Stacked(), Digits()
    assert data.learned.shape == (5000, 192)
    assert data.shares.sum() == pytest.approx(1)
    parts = [digits.fresh(np.random.default_rng(seed), 200) for seed in range(3)]
    number, good = data.judge(np.concatenate(parts, axis=1))
    told = [digits.judge(part) for part in parts]
    np.testing.assert_array_equal(number, sum(10 ** (2 - i) * told[i][0] for i in range(3)))
    np.testing.assert_array_equal(good, np.all([marks for _, marks in told], axis=0))
    expected = len(set(number[good].tolist()))
    assert score(data, np.concatenate(parts, axis=1)).modes == expected
    found = score(data, data.fresh(np.random.default_rng(3), 3000))
    assert 900 < found.modes < 1000  # of 3000 draws about 50 numbers are missing
    assert found.quality == pytest.approx(0.99**3, abs=0.02)


def test_new_codes_lie_among_the_codes_and_in_every_mode() -> None:
    data = Few(ring().centres, 0.01)
    draw = drawing(data.learned, data.widest, np.random.default_rng(0))
    found = score(data, draw(np.random.default_rng(1), 1000))
    assert found.modes == 8
    assert found.quality > 0.97
    assert found.reverse_kl < 0.05
    assert found.newness > 0.1  # copies have 0; so few atoms lie near everything
    bridged = score(data, drawing(data.learned, np.pi, np.random.default_rng(0))(
        np.random.default_rng(1), 1000))  # fmt: skip
    assert bridged.quality < found.quality


def test_codes_above_the_plane_keep_their_shares() -> None:
    rng = np.random.default_rng(0)
    centres = np.array([[0.0, 0, 0], [9, 0, 0], [0, 9, 0]])
    codes = np.repeat(centres, (100, 50, 50), 0) + 0.3 * rng.standard_normal((200, 3))
    made = drawing(codes, 0.3, rng)(rng, 3000)
    shares = np.bincount(np.linalg.norm(made[:, None] - centres, axis=2).argmin(1)) / 3000
    np.testing.assert_allclose(shares, (0.5, 0.25, 0.25), atol=0.05)


def test_a_seed_is_the_same_in_any_company() -> None:
    torch.set_num_threads(1)
    streams = [torch.Generator().manual_seed(seed) for seed in (3, 4)]
    both = Layers((2, 5, 1), streams)
    alone = Layers((2, 5, 1), [torch.Generator().manual_seed(4)])
    x = torch.randn(1, 6, 2)
    torch.testing.assert_close(both(x.expand(2, -1, -1))[1:], alone(x))
    two_seeds, one_seed = (Fit(ARMS["plain"], ring(), Settings(seeds, 2)) for seeds in (2, 1))
    for fit in (two_seeds, one_seed):
        assert list(fit.run()) == [True, True]
    np.testing.assert_allclose(two_seeds.samples(4)[0], one_seed.samples(4)[0], rtol=1e-3)
    assert not np.allclose(two_seeds.samples(4)[0], two_seeds.samples(4)[1])


def test_noise_is_as_long_as_the_sixth_neighbour_is_far() -> None:
    """Its k numbers are √k long together, so each is that much shorter."""
    data = Few(np.array([[0.0, 0, 0, 0], [3, 0, 0, 0]]), 0.5)
    streams = [torch.Generator().manual_seed(0)]
    points = data.learned / data.learned.std()
    sixth = np.sort(np.linalg.norm(points[:, None] - points, axis=2), axis=1)[:, 6]
    assert Starts("sample", data, streams).stretch == pytest.approx(np.median(sixth) / 2, rel=1e-4)
    assert Starts("noise", data, streams).stretch == 1


@pytest.mark.parametrize("arm", ARMS)
def test_every_arm_trains_and_has_a_spectrum(arm: str) -> None:
    torch.set_num_threads(1)
    fit = Fit(ARMS[arm], Few(ring().centres[:2], 0.1), Settings(2, 3))
    before = fit.samples(8)
    steps = list(fit.run())
    assert len(steps) == 3 * fit.rounds
    assert sum(steps) == 3 * bool(ARMS[arm].pack)
    after = fit.samples(8)
    assert after.shape == before.shape == (2, 8, 2)
    assert np.isfinite(after).all()
    spectra = fit.spectra()
    assert spectra.shape[::2] == (2, 2)
    assert np.all(spectra[..., 0] >= spectra[..., 1])


def test_the_tangent_term_keeps_rank_and_the_local_one_stays_near() -> None:
    """The same few steps, with and without a term: it must show."""
    torch.set_num_threads(1)
    data = two()
    found = {}
    for arm in ("plain", "tangent", "local"):
        fit = Fit(ARMS[arm], data, Settings(2, 150))
        list(fit.run())
        quality = np.mean([score(data, made).quality for made in fit.samples(500)])
        found[arm] = (np.median(fit.spectra()[..., -1]), quality)
    assert found["tangent"][0] > 2 * found["plain"][0]
    assert found["local"][1] > 0.5 > found["plain"][1]


def row(arm: str, modes: list[int], quality: float, smallest: float = 1.0) -> dict[str, object]:
    scores = [{"modes": one, "quality": quality} for one in modes]
    return {"arm": arm, "scores": scores, "smallest": [smallest] * len(modes), "modes": 8}


def test_claims_hold_and_fail_as_they_should() -> None:
    truth = row("truth", [8], 0.99)
    good = [truth, row("plain", [3, 8, 1], 0.5), row("all", [8, 8, 8], 0.95, 0.9)]
    assert [one.verdict for one in judge("ring", good)] == ["holds", "holds", "holds"]
    bad = [truth, row("plain", [8, 8, 1], 0.5), row("all", [8, 8, 7], 0.95, 0.1)]
    assert [one.verdict for one in judge("ring", bad)] == ["fails", "fails", "fails"]
    assert next(judge("ring", [truth, row("latent", [8, 8], 0.89)])).verdict == "fails"
    assert next(judge("grid", [truth, row("latent", [7, 7], 0.95)])).verdict == "holds"
    assert told([1.0, 3.0], 1) == "2.0 ± 1.4"
    assert told([1.0], 1) == "1.0"


def test_what_is_wrong_is_named() -> None:
    with pytest.raises(FrameError, match="mixture: expected centres"):
        Mixture(np.zeros(3), 1.0)
    with pytest.raises(RecipeError, match="seeds: expected 1 or more"):
        Settings(0, 10)
    with pytest.raises(RecipeError, match="arms: expected some of plain, "):
        Plan(["ring"], ["plane"], Settings(), "")
    assert set(MIXTURES) | {"digits", "stacked"} == set(DATA)
