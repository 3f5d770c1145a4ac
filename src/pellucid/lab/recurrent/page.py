"""The page: verdicts first, what surprised, pictures, and how all of it was measured."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from pellucid.lab.recurrent.arms import ARMS, BASE
from pellucid.lab.recurrent.claims import CLAIMS
from pellucid.lab.recurrent.costs import BLOCKS, ROUNDS, Cost
from pellucid.lab.recurrent.exact import Exact
from pellucid.lab.recurrent.geometry import BANDS
from pellucid.lab.recurrent.nets import HIDDEN
from pellucid.lab.recurrent.outcome import Judged, judge, step_ms
from pellucid.lab.recurrent.problem import SECONDS, Size
from pellucid.lab.recurrent.solver import GRADIENT_LIMIT
from pellucid.lab.recurrent.trials import Trial

FOREST = "recurrent-differences.png"
CURVES, HEAT = "recurrent-rates.png", "recurrent-optimisers.png"
COLUMNS = "| claim | compared | difference, 95 % | verdict | parameters | ms a step |"
UNITS = {"mse": "%", "mae": "% of MAE", "learned mse": "% where it learned", "ms": "% of ms"}
HEAD = f"{COLUMNS}\n{'|---' * 6}|"


@dataclass(frozen=True)
class Results:
    """Everything that the page tells of. command: what made it. seeds: that were asked for."""

    command: str
    size: Size
    seeds: int
    trials: Sequence[Trial]
    costs: Mapping[str, Cost]
    exact: Sequence[Exact]

    def judged(self) -> dict[str, list[Judged]]:
        """Of each group, the claims that were measured."""
        found = {
            group: [judge(claim, self.trials, self.costs) for claim in claims]
            for group, claims in CLAIMS.items()
        }
        return {group: [one for one in some if one] for group, some in found.items()}


def page(results: Results) -> str:
    """Markdown."""
    judged = results.judged()
    machines = " and ".join(sorted({cost.machine for cost in results.costs.values()}))
    every = [one for some in judged.values() for one in some]
    parts = [
        "# A guide to small recurrent networks, tested\n\nRules of thumb for those who train small "
        "recurrent networks, each held against paired trainings on one task.\n\n"
        f"Made by `{results.command}` on {machines}.",
        _summary(every, results.exact) + _unfinished(results),
        *(_section(group, some, results.costs) for group, some in judged.items() if some),
        _exact_section(results.exact),
        _surprises(every, results.exact),
        f"## Pictures\n\nAll differences, what was claimed shaded.\n\n![differences]({FOREST})",
        f"Adam without decay: too low, good and too high a rate.\n\n![loss curves]({CURVES})",
        "Six optimisers without decay, three rates each, a decade apart.\n\n"
        f"![optimisers by rate]({HEAT})",
        "## Every arm\n\n" + _arms(results),
        _method(results),
    ]
    return "\n\n".join(parts) + "\n"


def _summary(judged: Sequence[Judged], exact: Sequence[Exact]) -> str:
    verdicts: list[str] = [*(one.verdict for one in judged), *(one.verdict for one in exact)]
    counts = f"{verdicts.count('holds')} hold, {verdicts.count('fails')} fail, "
    counts += f"{verdicts.count('inconclusive')} are inconclusive"
    pairs = sorted({one.pairs for one in judged if one.claim.metric != "ms"})
    seeds = " or ".join(map(str, pairs)) or "no"
    return (
        f"{len(verdicts)} claims: {counts}. Differences are means over {seeds} paired seeds with "
        "Student's 95 % intervals, in per cent of the rival's held-out error or of its "
        "milliseconds a step (SI-SDR: in dB). A claim holds where the whole interval lies where "
        "the claim says, and fails where none of it does. One in twenty such intervals misses by "
        "chance."
    )


def _unfinished(results: Results) -> str:
    wanted = results.seeds * len(ARMS)
    done = sum(trial.seed <= results.seeds for trial in results.trials)
    told = f"\n\n{done} of {wanted} trainings are done; the same command does the rest."
    return told if done < wanted else ""


def _section(group: str, judged: Sequence[Judged], costs: Mapping[str, Cost]) -> str:
    return "\n".join([f"## {group}\n\n{HEAD}", *(_row(one, costs) for one in judged)])


def _row(one: Judged, costs: Mapping[str, Cost]) -> str:
    pair = [costs[name] for name in (one.arm, one.rival) if name in costs]
    sizes = " / ".join(f"{cost.parameters:,}" for cost in pair)
    times = " / ".join(f"{step_ms(cost):.1f}" for cost in pair)
    cells = [one.claim.text, f"{one.arm} / {one.rival}", _difference(one), f"**{one.verdict}**"]
    return f"| {' | '.join([*cells, sizes, times])} |"


def _difference(one: Judged) -> str:
    if one.claim.metric == "si_sdr":
        return f"{one.difference.told(2)} dB"
    return f"{one.difference.told(1)} {UNITS[one.claim.metric]}"


def _exact_section(exact: Sequence[Exact]) -> str:
    rows = [f"| {one.text} | {one.number:.3f} | **{one.verdict}** |" for one in exact]
    head = "## Counted and computed\n\n| claim | ratio | verdict |\n|---|---|---|"
    return "\n".join([head, *rows])


def _surprises(judged: Sequence[Judged], exact: Sequence[Exact]) -> str:
    """What failed, the largest differences first."""
    failed = sorted((one for one in judged if one.verdict == "fails"), key=_size)
    lines = [_sentence(one) for one in failed]
    lines += [f"- {one.text}: not so, the ratio is {one.number:.2f}."
              for one in exact if one.verdict == "fails"]  # fmt: skip
    return "## Where the guide is wrong here\n\n" + ("\n".join(lines) or "Nowhere.")


def _sentence(one: Judged) -> str:
    return f"- {one.claim.text}: not so. {one.arm} against {one.rival}: {_difference(one)}."


def _size(one: Judged) -> float:
    return -abs(one.difference.mean)


def _arms(results: Results) -> str:
    head = (
        "| arm | MSE | SI-SDR, dB | MSE where it learned | parameters | ms a step |\n" + "|---" * 6
    )
    return "\n".join([f"{head}|", *_arm_rows(results)])


def _arm_rows(results: Results) -> Iterator[str]:
    for name in ARMS:
        own = [trial.scores for trial in results.trials if trial.arm == name]
        cost = results.costs.get(name)
        if not own:
            continue
        mse, sdr, learned = (fmean(s[key] for s in own) for key in ("mse", "si_sdr", "learned mse"))
        told = [f"{cost.parameters:,}", f"{step_ms(cost):.1f}"] if cost else ["", ""]
        yield f"| {' | '.join([name, f'{mse:.4f}', f'{sdr:.2f}', f'{learned:.4f}', *told])} |"


def _method(results: Results) -> str:
    size, base = results.size, ARMS[BASE]
    return f"""\
## How it was measured

The task: from the logarithms of {BANDS} band powers every 10 ms, causal, the gain 0..1 of each
band that leaves the voice. {size.learned} mixtures of {SECONDS:g} s to learn from, {size.held_out}
of other files to judge by, drawn once. The ordinary network: a GRU of {HIDDEN} and a dense layer;
{size.steps} steps of {base.batch} pieces of half a second, Adam at {base.learning_rate:g} with half
a cosine, gradients' norm at most {GRADIENT_LIMIT:g}. An arm changes what its name says;
`lab/recurrent/arms.py` lists them all. A seed sets the weights, the order of the data and, where
only a share is used, which share; both sides of a pair have the same. A network that gives no
number counts as a gain of 1. A unit or an optimiser that was trained at three rates stands for the
best of them, chosen by the same held-out error.

Milliseconds: all arms took a step in turn within one process on one thread, {BLOCKS} blocks of
{ROUNDS} rounds; the processor time of the median round. A machine that has other work as well is
slow now and fast then, so only the ratios count. They are those of torch's training on a CPU, not
of a frame of a call: torch runs an LSTM as one oneDNN operation and takes a GRU apart into many,
and what is written out in Python (SRU, a GRU to bend, groups) pays for every operation.

All of it is one small task with short trainings: what fails here may hold elsewhere."""
