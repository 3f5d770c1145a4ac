"""From a recipe, folders of pictures and of tests to docs/vivid.md; goes on where it stopped."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from itertools import chain, product
from pathlib import Path

from pellucid.bench.methods import LumaMethod, Method, matlab_bicubic, swscale
from pellucid.bench.report import describe_machine
from pellucid.bench.suite import Tests
from pellucid.lab.journal import Journal
from pellucid.lab.vivid import ablation, scores
from pellucid.lab.vivid.crops import draw_crops, draw_worst, views_of_call, views_of_still
from pellucid.lab.vivid.page import page
from pellucid.training.adversarial.moments import Moments
from pellucid.video.coding import Codec

SHOWN_RATE = 300  # kbit/s

Told = Callable[[str], None]


@dataclass(frozen=True)
class Files:
    """What an experiment writes: name.md, name.jsonl and pictures in a folder."""

    folder: Path
    name: str = "vivid"

    @property
    def page(self) -> Path:
        """The page."""
        return self.folder / f"{self.name}.md"

    @property
    def log(self) -> Path:
        """The journal."""
        return self.folder / f"{self.name}.jsonl"

    @property
    def crops(self) -> Path:
        """Where the model changes most."""
        return self.folder / f"{self.name}-crops.png"

    @property
    def worst(self) -> Path:
        """Where it is farthest from the truth in calls."""
        return self.folder / f"{self.name}-worst.png"

    @property
    def worst_stills(self) -> Path:
        """And on clean stills."""
        return self.folder / f"{self.name}-worst-stills.png"

    @property
    def drawn(self) -> list[str]:
        """The names of the pictures that are there."""
        pictures = (self.crops, self.worst, self.worst_stills)
        return [path.name for path in pictures if path.exists()]


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


def judge(journal: Journal, judging: Judging, files: Files, told: Told) -> None:
    """The calls and stills that are missing, then the crops."""
    methods = (swscale("bicubic"), *judging.methods)
    for codec, clip in product(judging.codecs, judging.tests.clips):
        left = scores.missing(journal, methods, codec=codec, clip=clip.stem)
        for row in scores.judge_call(clip, left, codec):
            journal.add(row)
        told(f"{codec}, {clip.stem}")
    methods = (matlab_bicubic(), *judging.methods)
    for folder in judging.tests.stills:
        left = scores.missing(journal, methods, set=folder.name)
        for row in list(scores.judge_stills(folder, left)):
            journal.add(row)
        told(folder.name)
    _draw(judging, files)


def _draw(judging: Judging, files: Files) -> None:
    """The crops that are missing."""
    tests, calm, vivid = judging.tests, judging.ours[0], judging.ours[-1]
    if tests.clips and not files.crops.exists():
        draw_crops(tests.clips, calm, vivid, SHOWN_RATE, files.crops)
    if tests.clips and not files.worst.exists():
        seen = (views_of_call(clip, calm, vivid, SHOWN_RATE) for clip in tests.clips)
        draw_worst(seen, calm, vivid, files.worst)
    if tests.stills and not files.worst_stills.exists():
        pictures = chain.from_iterable(map(scores.judged_stills, tests.stills))
        seen = (views_of_still(picture, calm, vivid) for picture in pictures)
        draw_worst(seen, calm, vivid, files.worst_stills)


def write_page(files: Files, journal: Journal, plan: ablation.Plan, command: str) -> Path:
    """The page."""
    text = page(journal.rows, asdict(plan.recipe), command, describe_machine(), files.drawn)
    files.page.write_text(text, "utf-8")
    return files.page
