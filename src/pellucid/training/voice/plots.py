"""The curves that a voice training draws of itself."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure


def draw_curves(log: Sequence[dict[str, Any]], path: Path) -> None:
    """Loss and held-out scores by step, as a PNG."""
    figure = Figure(figsize=(10, 4), layout="constrained")
    loss, ratio = figure.subplots(1, 2)
    loss.plot([row["step"] for row in log], [row["loss"] for row in log])
    loss.set(xlabel="step", ylabel="loss")
    for key in log[-1]["scores"]:
        ratio.plot([row["step"] for row in log], [row["scores"][key] for row in log], label=key)
    ratio.set(xlabel="step", ylabel="held-out sounds: dB, or % right")
    ratio.legend()
    figure.savefig(path, dpi=100)
