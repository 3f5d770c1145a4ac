"""The page: bytes beside how the voice sounds."""

from __future__ import annotations

from collections.abc import Sequence

from pellucid.lab.coding.outcome import Measured
from pellucid.lab.coding.solver import NOISY, UNTOUCHED


def page(found: Sequence[Measured], told: tuple[str, int, str, str]) -> str:
    """Markdown. told: the model, MACs for a second of it, the command, the machine."""
    model, macs, command, machine = told
    head = f"# Fewer bits for {model}\n\nMade by `{command}` on {machine}."
    return "\n\n".join([head, _answer(found), _table(found, macs), METHOD]) + "\n"


def _answer(found: Sequence[Measured], loss: float = 0.1) -> str:
    """The smallest that loses no more than `loss` dB of SI-SDR."""
    whole = next(one for one in found if one.way == UNTOUCHED)
    good = [one for one in found if one.way != NOISY and one.si_sdr >= whole.si_sdr - loss]
    best = min(good, key=lambda one: one.bytes)
    return (
        f"Without training again, **{best.way}** is the smallest way that loses at most {loss} dB: "
        f"{best.bytes:,} bytes instead of {whole.bytes:,}, {whole.bytes / best.bytes:.1f} times "
        f"smaller, {best.si_sdr - whole.si_sdr:+.2f} dB SI-SDR and "
        f"{best.pesq - whole.pesq:+.2f} PESQ."
    )


def _table(found: Sequence[Measured], macs: int) -> str:
    whole = next(one for one in found if one.way == UNTOUCHED)
    cells = "| weights | bytes | times smaller | MMAC/s not zero | SI-SDR, dB | PESQ-WB |"
    lines = [cells, "|---" * 6 + "|"]
    for one in found:
        costs = ["–"] * 3 if one.way == NOISY else [
            f"{one.bytes:,}", f"{whole.bytes / one.bytes:.1f}", f"{macs * one.nonzero / 1e6:.0f}"
        ]  # fmt: skip
        lines.append(f"| {' | '.join([one.way, *costs])} | {one.si_sdr:.2f} | {one.pesq:.3f} |")
    return "\n".join(lines)


METHOD = """\
## How it was measured

Held-out voices and noises, mixed as the recipe says; SI-SDR is its mean over all mixtures as
training reports it, PESQ-WB over those in which it hears a voice. Weights are what was trained;
the sums over bands that stand in the file as well are written in the code. Bits: evenly spaced
values, each row of a matrix with its own step and the clip that loses least. Values: a codebook a
tensor by k-means, coded by ANS. Bytes are those of a whole packed file, float32's those of the
numbers alone. Nothing was trained again."""
