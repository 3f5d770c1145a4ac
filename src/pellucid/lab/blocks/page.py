"""The page: two tables, MACs beside milliseconds."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from pellucid.lab.blocks.outcome import Measured, Run, paper_ratios


def page(run: Run, command: str, machine: str) -> str:
    """Markdown."""
    before, after = run.load
    head = (
        f"# Light blocks and small kernels, timed\n\nMade by `{command}` on {machine}; processes "
        f"that wanted a core: {before:.1f} before, {after:.1f} after."
    )
    return "\n\n".join(
        [head, "![milliseconds, MACs and quality](blocks.png)", BLOCKS, _table(run.blocks),
         WINDOWS, _table(run.windows), _ratios(run), METHOD]
    ) + "\n"  # fmt: skip


def _table(found: Sequence[Measured]) -> str:
    first = found[0]
    cells = "| | parameters | MMAC | MACs, of the first | ms, median | least | time, of the first |"
    lines = [cells, "|---" * 7 + "|"]
    lines += [
        f"| {one.name} | {one.parameters:,} | {one.macs / 1e6:,.0f} | {one.macs / first.macs:.2f} "
        f"| {one.milliseconds:.1f} | {one.least:.1f} | {one.ratio:.2f} |"
        for one in found
    ]
    return "\n".join(lines)


def _ratios(run: Run) -> str:
    lines = ["| | MACs | as a fraction | time |", "|---" * 4 + "|"]
    lines += [
        f"| {pair} | {macs:.2f} | {Fraction(macs).limit_denominator(99)} | {time:.2f} |"
        for pair, macs, time in paper_ratios(run.windows)
    ]
    return "\n".join(lines)


BLOCKS = """\
## Blocks

The network that doubles 480x360 with 32 channels and six blocks, the blocks swapped. RepVGG, ECB
and SESR blocks fold into the plain one and cost what it costs; "plain 16" is plain, half as wide.
The binary block runs as floating point here: nobody has a kernel of XNORs."""
WINDOWS = """\
## Kernels

One convolution after another, 32 channels to 32, on 240x180."""
METHOD = """\
## How it was measured

On one thread, each in turn in every round, through ONNX Runtime in float32; "integer" is the
shipped engine on the integer network of the plain one. Ratios are medians over rounds of the ratio
within a round, so that what else ran on the machine met both."""
