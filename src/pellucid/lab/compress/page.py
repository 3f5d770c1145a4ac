"""The page: what was asked for first, then every network that was tried."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pellucid.bench.table import table
from pellucid.lab.compress.arms import ARMS, GROUPS, PIPELINE
from pellucid.lab.compress.lossless import Coding
from pellucid.lab.compress.outcome import Measured, by_arm, clips, stages
from pellucid.lab.journal import Row

TWENTY, TENTH = 20, 0.1  # times smaller, dB: what the pipeline was asked for
HEADINGS = {
    "pipeline": "## Pruned, shared, coded",
    "others": "## Other ways",
    "small": "## A network of the shipped size",
    "blocks": "## Light blocks",
}


def page(
    found: Sequence[Measured],
    coded: Sequence[Coding],
    tested: Sequence[Row],
    origin: tuple[str, str, str],
) -> str:
    """Markdown. tested: rows of `judged`. origin: what was learned from, command, machine."""
    data, command, machine = origin
    head = f"# How small can a network's file be?\n\nMade by `{command}` on {machine}."
    parts = [head, *_answer(by_arm(found)), "![bytes against quality](compress.png)"]
    for group, arms in GROUPS.items():
        own = [one for one in found if one.arm in arms]
        parts += [HEADINGS[group], _table(own)] if own else []
    parts += [TESTED, _tested(tested)] if tested else []
    parts += ["## The shipped networks, coded", _shipped(coded), METHOD.format(data=data)]
    return "\n\n".join(parts) + "\n"


def _answer(found: Mapping[str, Measured]) -> list[str]:
    if not found.keys() >= PIPELINE.keys():
        return []
    whole, longer, last = found["large"], found["longer"], found["shared"]
    times = whole.sizes["float32"] / last.bytes
    lost, lost_longer = (clips(one) - clips(last) for one in (whole, longer))
    reached = "reaches" if times >= TWENTY and lost <= TENTH else "does not reach"
    beside = "within" if lost_longer <= TENTH else "not within"
    lines = "\n".join(
        f"| {told} | {size:,} | {whole.sizes['float32'] / size:.1f} | {gain:+.3f} |"
        for told, size, gain in stages(found)
    )
    return [
        f"A network of {whole.parameters:,} parameters becomes a file of {last.bytes:,} bytes, "
        f"**{times:.1f} times smaller** than its float32, and loses **{lost:.3f} dB** on held-out "
        f"clips: the pipeline {reached} {TWENTY} times within {TENTH} dB. The network trained on "
        f"for as many steps as the pipeline took gains {clips(longer):+.3f} dB; "
        f"the file is {lost_longer:.3f} dB below that, {beside} {TENTH} dB.",
        f"| stage | bytes | times smaller | clips, dB over bicubic |\n|---|---|---|---|\n{lines}",
    ]


def _table(own: Sequence[Measured]) -> str:
    cells = ["network", "what was done", "parameters", "MMAC", "of them not zero", "one-bit",
             "bytes as they stand", "smallest file"]  # fmt: skip
    cells += [f"{group}, dB" for group in own[0].gains]
    lines = [f"| {' | '.join(cells)} |", "|---" * len(cells) + "|"]
    lines += [f"| {' | '.join(_row(one))} |" for one in own]
    return "\n".join(lines)


def _row(one: Measured) -> list[str]:
    return [
        one.arm,
        ARMS[one.arm].about,
        f"{one.parameters:,}",
        *(f"{count / 1e6:,.0f}" for count in (one.macs, one.nonzero, one.bits)),
        f"{max(one.sizes.values()):,}",
        f"{one.bytes:,}",
        *(f"{gain:+.3f}" for gain in one.gains.values()),
    ]


def _tested(rows: Sequence[Row]) -> str:
    tests = list(rows[0]["gains"])
    lines = [[row["arm"], *(f"{row['gains'][test]:+.3f}" for test in tests)] for row in rows]
    return table(["network", *(f"{test}, dB" for test in tests)], lines)


def _shipped(coded: Sequence[Coding]) -> str:
    lines = ["| model | tensors, bytes | Huffman | ANS | bits a weight, of 8 |", "|---" * 5 + "|"]
    lines += [
        f"| {one.name} | {one.tensors:,} | {one.huffman:,} | {one.ans:,} | {one.bits:.2f} |"
        for one in coded
    ]
    return "\n".join(lines)


TESTED = """\
## On the test

Nothing was learned from these or chosen by them. Calls of 30 frames of each clip through x264 (V1)
and stills halved by MATLAB's bicubic (V2): dB of luma PSNR above bicubic, of what the smallest
file of floats holds; branches are folded."""
METHOD = """\
## How it was measured

All networks of pictures learned from {data},
with the recipe's loss, from one seed. Gains are PSNR above bicubic, means over held-out stills and
the held-out ends of clips, of what the smallest file holds when it is read again; floats are
float16 there. Files are whole: digest, header, tables of frequencies, codebooks. MACs are for a
picture of 480x360; an engine skips zero weights only if it is made for that, and ours is not. A
one-bit MAC is a MAC until somebody writes the kernel: 64 of them would be an XNOR and a count.
One seed: differences of a few hundredths of a dB are chance."""
