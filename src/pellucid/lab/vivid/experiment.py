"""From a recipe, folders of pictures and of tests to docs/vivid.md; goes on where it stopped."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pellucid.bench.methods import LumaMethod, Method
from pellucid.bench.report import describe_machine
from pellucid.bench.suite import Tests
from pellucid.lab.journal import Journal
from pellucid.lab.vivid import ablation, scores
from pellucid.lab.vivid.crops import draw_crops
from pellucid.lab.vivid.page import page
from pellucid.training.adversarial.moments import Moments
from pellucid.video.coding import Codec

PAGE, CROPS = "vivid.md", "vivid-crops.png"
SHOWN_RATE = 300  # kbit/s

Told = Callable[[str], None]


@dataclass(frozen=True, eq=False)
class Judging:
    """What is judged: ours, from the calm model to the vivid one, peers, tests and codecs."""

    ours: Sequence[LumaMethod]
    peers: Sequence[Method]
    tests: Tests
    codecs: Sequence[Codec]

    @property
    def methods(self) -> list[Method]:
        """All."""
        return [*self.ours, *self.peers]


def train(journal: Journal, plan: ablation.Plan, moments: Moments, told: Told) -> None:
    """The trainings that are missing."""
    if not any(row["kind"] == "start" for row in journal.rows):
        journal.add(ablation.start_health(plan, moments))
    ablation.learn(
        journal, plan, moments, lambda arm, seed, left: told(f"{arm}, seed {seed}; {left} left")
    )


def judge(journal: Journal, judging: Judging, out: Path, told: Told) -> None:
    """The calls and stills that are missing, then the crops."""
    for codec in judging.codecs:
        for clip in scores.missing(journal, judging.tests.clips, codec):
            for rows in scores.judge_calls([clip], judging.methods, codec):
                for row in rows:
                    journal.add(row)
            told(f"{codec}, {clip.stem}")
    done = {row["set"] for row in journal.rows if row["kind"] == "still"}
    for folder in (folder for folder in judging.tests.stills if folder.name not in done):
        for row in list(scores.judge_stills(folder, judging.methods)):
            journal.add(row)
        told(folder.name)
    if judging.tests.clips and not (out / CROPS).exists():
        draw_crops(judging.tests.clips, judging.ours[0], judging.ours[-1], SHOWN_RATE, out / CROPS)


def write_page(out: Path, journal: Journal, command: str) -> Path:
    """The page."""
    crops = [CROPS] if (out / CROPS).exists() else []
    (out / PAGE).write_text(page(journal.rows, command, describe_machine(), crops), "utf-8")
    return out / PAGE
