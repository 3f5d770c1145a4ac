"""The page of the classifier's protocol: every method has its share and its switches."""

from __future__ import annotations

import numpy as np

from pellucid.audio.labels import Label
from pellucid.bench.listen import Judged
from pellucid.bench.listen_page import OURS, Found, page


def judged(method: str, name: str, right: int, switches: int) -> Judged:
    """`right` of 100 frames of speech, in half a minute."""
    kinds = len(Label) if method == OURS else 2
    counts = np.zeros((kinds, kinds), int)
    counts[0, :2] = right, 100 - right
    return Judged(method, "speech", name, counts.tolist(), switches, 30.0, 0.05)


def test_detectors_stand_beside_ours_with_their_switches() -> None:
    rows = [
        *(judged(OURS, name, 90, 0) for name in "ab"),
        *(judged("pellucid, speech", name, 96, 1) for name in "ab"),
        judged("other", "a", 80, 1),
        judged("other", "b", 90, 4),
    ]
    text = page(Found("pellucid bench listen", "a machine", rows, [], {16_000: 0.25}))
    (row,) = (line for line in text.splitlines() if "96.0" in line)
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    assert cells[0] == "speech"
    assert cells[1].endswith(", 2.0")
    assert cells[2].startswith("85.0 ±")
    assert cells[2].endswith(", 5.0")
    (ours,) = (line for line in text.splitlines() if line.startswith("| speech | 2 |"))
    assert "90.0" in ours
    assert "| 0.0 |" in ours
