"""The guide's experiment: a fair task, paired trainings, claims about arms that exist."""

from __future__ import annotations

import math
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
import torch

from pellucid.audio.bands import BINS
from pellucid.errors import MediaError, RecipeError
from pellucid.lab.journal import Journal
from pellucid.lab.recurrent.arms import ARMS, RATES, UNIT_RATES, Arm
from pellucid.lab.recurrent.claims import CLAIMS, Claim, candidates
from pellucid.lab.recurrent.costs import Cost
from pellucid.lab.recurrent.exact import dropout_ratios, exact
from pellucid.lab.recurrent.features import hearing_of, width_of
from pellucid.lab.recurrent.geometry import BANDS, members
from pellucid.lab.recurrent.nets import NETS, make_net
from pellucid.lab.recurrent.outcome import judge
from pellucid.lab.recurrent.problem import PIECE, Problem, Size, make_problem
from pellucid.lab.recurrent.rates import HALVED_AFTER, PATIENCE, Rates
from pellucid.lab.recurrent.solver import FINISH, Fit
from pellucid.lab.recurrent.trials import Trial, curve, known, missing, run

SIZE = Size(8, 2, 4)


@pytest.fixture(scope="module")
def problem(sounds: Path) -> Problem:
    torch.set_num_threads(1)
    return make_problem([sounds], SIZE)


def trial(arm: str, seed: int, mse: float) -> Trial:
    scores = {"mse": mse, "mae": 2 * mse, "si_sdr": 10 * mse, "learned mse": mse}
    return Trial(arm, seed, asdict(ARMS[arm]), scores, [mse])


def test_every_bin_is_in_one_band_and_bands_widen() -> None:
    matrix = members()
    assert matrix.shape == (BANDS, BINS)
    np.testing.assert_array_equal(matrix.sum(0), 1)
    sizes = matrix.sum(1)
    assert sizes.min() >= 1
    assert sizes[-1] > 4 * sizes[0]


def test_gains_are_the_voices_share(problem: Problem) -> None:
    assert problem.learned.levels.shape == (PIECE, 8 * 6, BANDS)
    assert problem.held_out.gains.shape == (300, 2, BANDS)
    gains = problem.held_out.gains
    assert 0 <= gains.min() < gains.max() <= 1
    as_mixed, best = (problem.si_sdr(one) for one in (torch.ones_like(gains), gains))
    assert best > as_mixed + 3
    assert problem.si_sdr(0.5 * gains) == pytest.approx(best, abs=0.01)


def test_whitened_levels_are_uncorrelated_of_variance_one(problem: Problem) -> None:
    levels = problem.learned.levels
    flat = hearing_of("whitened", levels)(levels).reshape(-1, BANDS)
    torch.testing.assert_close(torch.cov(flat.T), torch.eye(BANDS), atol=0.02, rtol=0)
    half = hearing_of("half", levels)(levels)
    assert half.shape[2] == width_of("half") == BANDS // 2
    torch.testing.assert_close(half.reshape(-1, BANDS // 2), flat[:, : BANDS // 2])
    normal = hearing_of("normalised", levels)(levels).reshape(-1, BANDS)
    torch.testing.assert_close(normal.std(0), torch.ones(BANDS))


@pytest.mark.parametrize("name", NETS)
def test_every_network_gives_gains_and_knows_no_future(name: str) -> None:
    torch.manual_seed(0)
    net = make_net(name, BANDS).eval()
    frames = torch.randn(9, 2, BANDS)
    later = frames.clone()
    later[6:] = 5
    with torch.no_grad():
        made, other = net(frames), net(later)
    assert made.shape == (9, 2, BANDS)
    assert 0 <= made.min() < made.max() <= 1
    torch.testing.assert_close(made[:6], other[:6])


@pytest.mark.parametrize("name", ["rnn", "lstm", "small of equal size"])
def test_equal_sizes_are_within_a_tenth(name: str) -> None:
    own, gru = (sum(p.numel() for p in make_net(n, BANDS).parameters()) for n in (name, "gru"))
    assert own == pytest.approx(gru, rel=0.1)


def test_a_pair_sees_the_same_data_in_the_same_order(problem: Problem) -> None:
    for one, other in (("gru", "lstm at 0.01"), ("a tenth", "a tenth, dropout")):
        orders = [Fit(ARMS[name], problem, 3, 4)._order for name in (one, other)]
        for _ in range(5):
            assert next(orders[0]).tolist() == next(orders[1]).tolist()
    another = Fit(ARMS["gru"], problem, 4, 4)._order
    assert next(another).tolist() != next(Fit(ARMS["gru"], problem, 3, 4)._order).tolist()


def test_a_seed_trains_the_same_again_and_a_few_steps_lower_the_loss(problem: Problem) -> None:
    fits = [Fit(replace(Arm(), batch=8), problem, 1, 40) for _ in range(2)]
    for fit in fits:
        fit.run()
    assert fits[0].losses == fits[1].losses
    assert np.mean(fits[0].losses[-5:]) < 0.9 * np.mean(fits[0].losses[:5])
    scores = fits[0].scores()
    assert scores == fits[1].scores()
    assert scores["mae"] ** 2 < scores["mse"] < scores["mae"]


def test_arms_differ_as_they_say(problem: Problem) -> None:
    tenth = Fit(ARMS["a tenth"], problem, 1, 4)
    assert len(tenth._own) == round(0.1 * 48)
    longer = Fit(ARMS["halving, long"], problem, 1, 4)
    assert longer.steps == 8
    heavy = Fit(Arm(l1=2.0, l2=3.0), problem, 1, 4)
    matrices = [p for p in heavy.net.parameters() if p.ndim > 1]
    expected = sum(2 * p.abs().sum() + 3 * p.square().sum() for p in matrices)
    torch.testing.assert_close(heavy._penalty(), expected)
    finished = Fit(ARMS["adam, then sgd"], problem, 1, 4)
    names = []
    for _ in range(4):
        finished.step()
        names.append(type(finished._optimiser).__name__)
    assert names == ["Adam"] * round(4 * FINISH) + ["SGD"]


def test_a_network_without_numbers_ends_and_leaves_the_sound(problem: Problem) -> None:
    fit = Fit(Arm(), problem, 1, 4)
    with torch.no_grad():
        for parameter in fit.net.parameters():
            parameter.fill_(math.nan)
    fit.run()
    assert len(fit.losses) == 1
    assert fit.scores()["mse"] == pytest.approx(float((1 - problem.held_out.gains).square().mean()))
    assert curve(fit.losses) == []


def test_rates_fall_as_their_schedules_say() -> None:
    rates = {s: Rates(s, 0.1, 100, 4) for s in ("cosine", "constant", "halving", "watching")}
    assert rates["cosine"].after(0, []) == 0.1
    assert rates["cosine"].after(50, []) == pytest.approx(0.05)
    assert rates["constant"].after(99, []) == 0.1
    ends = 4 * HALVED_AFTER
    assert [rates["halving"].after(n, []) for n in (ends - 1, ends, 2 * ends)] == [0.1, 0.05, 0.025]
    waits = 1 + PATIENCE + 1
    assert [rates["watching"].after(9, [1.0] * n) for n in (waits - 1, waits)] == [0.1, 0.05]
    assert rates["watching"].after(9, [0.9**n for n in range(20)]) == 0.1


def test_what_is_watched_is_not_learned_from(problem: Problem) -> None:
    fit = Fit(replace(ARMS["plateau, long"], batch=4), problem, 1, 6)
    assert not set(fit._own) & set(fit._others)
    fit.run()
    assert len(fit._watched) == 12 // fit._epoch > 1
    assert fit.net.training


def test_arms_that_are_set_alike_are_trained_once(problem: Problem, tmp_path: Path) -> None:
    arms = {"one": Arm(), "other": Arm(), "third": Arm("sru")}
    done = list(run(Journal(tmp_path / "j", {}), problem, arms, 1, 1, lambda: True))
    assert [trial.arm for trial in done] == list(arms)
    assert done[0].scores == done[1].scores != done[2].scores


def test_every_claim_is_about_arms_and_every_arm_serves_one() -> None:
    claims = [claim for some in CLAIMS.values() for claim in some]
    assert len(claims) > 40
    used = {arm for c in claims for name in (c.arm, c.rival) for arm in candidates(name)}
    assert used == set(ARMS)
    assert candidates("adam *") == [f"adam at {rate:g}" for rate in RATES["adam"]]
    assert len(candidates("rnn *")) == len(UNIT_RATES["rnn"])
    for wrong in (("gruu", "gru"), ("gru", "gruu"), ("best *", "gru")):
        with pytest.raises(RecipeError, match="expected an arm"):
            Claim("x", *wrong)
    with pytest.raises(RecipeError, match="metric: expected one of mse"):
        Claim("x", "gru", "sru", metric="psnr")


def test_known_scores_are_judged() -> None:
    trials = [trial("gru", seed, 0.1 + 0.01 * seed) for seed in range(1, 6)]
    trials += [trial("sru", seed, 0.9 * (0.1 + 0.01 * seed)) for seed in range(1, 5)]
    better = judge(Claim("x", "sru", "gru"), trials, {})
    assert better is not None
    assert (better.verdict, better.pairs) == ("holds", 4)
    assert better.difference.mean == pytest.approx(-10)
    worse = judge(Claim("x", "gru", "sru"), trials, {})
    assert worse is not None
    assert worse.verdict == "fails"
    louder = judge(Claim("x", "gru", "sru", metric="si_sdr"), trials, {})
    assert louder is not None
    assert louder.difference.mean == pytest.approx(0.1 * 1.25)
    assert judge(Claim("x", "pca", "gru"), trials, {}) is None
    assert judge(Claim("x", "sru", "gru", metric="ms"), trials, {}) is None


def test_costs_are_judged_and_the_best_rate_stands_for_all() -> None:
    costs = {
        n: Cost(n, asdict(ARMS[n]), 1, "m", [2.0 * k, 2.1 * k]) for n, k in (("gru", 1), ("sru", 2))
    }
    dearer = judge(Claim("x", "sru", "gru", metric="ms"), [], costs)
    assert dearer is not None
    assert dearer.difference.mean == pytest.approx(100)
    errors = {"sgd at 1": 0.3, "sgd at 10": 0.2, "sgd at 100": 0.4, "adam at 0.01": 0.1}
    trials = [trial(name, seed, mse) for name, mse in errors.items() for seed in (1, 2)]
    found = judge(Claim("x", "adam *", "sgd *"), trials, {})
    assert found is not None
    assert (found.arm, found.rival) == ("adam at 0.01", "sgd at 10")


def test_dropout_keeps_the_mean_when_weights_take_the_share_of_kept_units() -> None:
    for p in (0.1, 0.5, 0.8):
        right, wrong, inverted = dropout_ratios(p)
        assert right == pytest.approx(1, abs=0.02)
        assert inverted == pytest.approx(1, abs=0.02)
        assert wrong == pytest.approx(p / (1 - p), rel=0.02)
    assert [one.verdict for one in exact()].count("fails") == 1


def test_a_stopped_experiment_goes_on(problem: Problem, tmp_path: Path) -> None:
    arms = {name: ARMS[name] for name in ("gru", "a tenth")}
    path, head = tmp_path / "j.jsonl", asdict(SIZE)
    tries = iter([True, True, True, False])
    journal = Journal(path, head)
    done = list(run(journal, problem, arms, 2, 2, lambda: next(tries)))
    assert [(t.arm, t.seed) for t in done] == [("gru", 1), ("a tenth", 1), ("gru", 2)]
    again = Journal(path, head)
    assert missing(again, arms, 2) == [(2, "a tenth")]
    rest = list(run(again, problem, arms, 2, 2, lambda: True))
    assert [(t.arm, t.seed) for t in rest] == [("a tenth", 2)]
    other = {"gru": replace(ARMS["gru"], learning_rate=0.5)}
    assert known(again, other) == []
    assert known(again, arms) == [*done, *rest]


def test_what_cannot_be_is_named(tmp_path: Path, problem: Problem) -> None:
    with pytest.raises(MediaError, match="too few sound files in speech/"):
        make_problem([tmp_path], SIZE)
    with pytest.raises(RecipeError, match="steps: expected 1 or more, got 0"):
        Size(8, 2, 0)
    with pytest.raises(RecipeError, match="net: expected one of gru"):
        make_net("gruu", BANDS)
    with pytest.raises(RecipeError, match="optimiser: expected one of sgd"):
        Fit(Arm(optimiser="sdg"), problem, 1, 1)
