"""Two files frame by frame: how near a video or picture is to its reference, and where it is not.

Frames are paired in the order of presentation. Luma alone is judged, as in the call protocol.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from pellucid.bench.methods import scale
from pellucid.bench.quality import Flicker, psnr, ssim
from pellucid.bench.reading import Shown, read_luma
from pellucid.bench.vmaf import VmafNeg
from pellucid.errors import FrameError, MissingExtraError
from pellucid.frames import Plane

WORST = 5  # frames listed
APART_S = 0.1  # two frames that are compared and lie further apart are worth a note
DIFFERENT_TIMES = "frames are paired by their order, but their times differ"


@dataclass(frozen=True)
class FrameScore:
    """index: from 0. time: seconds from the start. psnr: dB of luma."""

    index: int
    time: float
    psnr: float
    ssim: float


@dataclass(frozen=True)
class Verdict:
    """One file against the reference; means over the frames.

    vmaf_neg: 0..100, None when it cannot be measured here. flicker: grey levels a frame where
    the reference stands still, None when it never does. enlarged: whether the file has half the
    reference's size and was enlarged by swscale's bicubic first. worst: lowest PSNR first.
    """

    path: str
    psnr: float
    ssim: float
    vmaf_neg: float | None
    flicker: float | None
    enlarged: bool
    worst: tuple[FrameScore, ...]


@dataclass(frozen=True)
class Comparison:
    """`output` and perhaps `before` against `reference`.

    typical: the frame whose gain in PSNR (without `before`: whose PSNR) is the median; the fair
    one to show. notes: sentences a reader must know.
    """

    reference: str
    frames: int
    typical: int
    output: Verdict
    before: Verdict | None
    notes: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Everything, as JSON takes it."""
        return asdict(self)


def compare(
    reference: Path,
    output: Path,
    before: Path | None = None,
    threads: int = 1,
    watch: Callable[[int], None] = lambda frames: None,
) -> Comparison:
    """Judge `output`, and `before` if given, against `reference`; videos or still pictures.

    A file of half the reference's size is enlarged by swscale's bicubic. When one file ends
    earlier, the frames before that are compared and a note says so. threads: for VMAF. watch:
    called with the number of frames done after each.

    Raises MediaError, and FrameError when sizes do not fit.
    """
    paths = [output] if before is None else [output, before]
    notes: list[str] = []
    with ExitStack() as stack:
        judges = [_Judge(path, threads, stack) for path in paths]
        done = 0
        for shown, pictures in _together(reference, paths, notes):
            for judge, picture in zip(judges, pictures, strict=True):
                judge.push(shown, picture.luma)
            done += 1
            watch(done)
        if not done:
            raise FrameError(f"{reference}: expected at least one frame to compare, got none")
        first, *second = [judge.verdict() for judge in judges]
    notes += [note for judge in judges for note in judge.notes]
    return Comparison(
        reference=str(reference),
        frames=done,
        typical=_typical(judges),
        output=first,
        before=second[0] if second else None,
        notes=tuple(dict.fromkeys(notes)),
    )


def fit(picture: Plane, size: tuple[int, int]) -> tuple[Plane, bool]:
    """A picture brought to `size`, and whether it had to be enlarged x2.

    An odd size halved and doubled again has grown by one; that row and column are cut off.
    Raises FrameError when the picture has neither this size nor half of it.
    """
    half = -(-size[0] // 2), -(-size[1] // 2)
    enlarged = picture.shape == half and picture.shape != size
    made = scale(picture, "bicubic") if enlarged else picture
    if made.shape not in (size, (2 * half[0], 2 * half[1])):
        raise FrameError(
            f"picture: expected the reference's size {size[1]}x{size[0]} or half of it, "
            f"got {picture.shape[1]}x{picture.shape[0]}"
        )
    return made[: size[0], : size[1]], enlarged


class _Judge:
    """Scores one file while its frames come by."""

    def __init__(self, path: Path, threads: int, stack: ExitStack) -> None:
        self.notes: list[str] = []
        self._path, self._threads, self._stack = path, threads, stack
        self.scores: list[FrameScore] = []
        self._flicker = Flicker()
        self._vmaf: VmafNeg | None = None
        self._enlarged = False

    def push(self, reference: Shown, picture: Plane) -> None:
        x = reference.luma
        y, self._enlarged = fit(picture, (x.shape[0], x.shape[1]))
        if not self.scores:
            self._start(x)
        self.scores.append(
            FrameScore(len(self.scores), round(reference.time, 6), psnr(x, y), ssim(x, y))
        )
        self._flicker.push(x, y)
        if self._vmaf is not None:
            self._vmaf.push(x, y)

    def verdict(self) -> Verdict:
        ranked = sorted(self.scores, key=lambda score: score.psnr)
        return Verdict(
            path=str(self._path),
            psnr=float(np.mean([score.psnr for score in self.scores])),
            ssim=float(np.mean([score.ssim for score in self.scores])),
            vmaf_neg=None if self._vmaf is None else float(np.mean(self._vmaf.finish())),
            flicker=self._flicker.value,
            enlarged=self._enlarged,
            worst=tuple(ranked[:WORST]),
        )

    def _start(self, reference: Plane) -> None:
        if self._enlarged:
            self.notes.append(
                f"{self._path}: has half the reference's size and was enlarged with bicubic"
            )
        try:
            size = reference.shape[0], reference.shape[1]
            self._vmaf = self._stack.enter_context(VmafNeg(size, self._threads))
        except (MissingExtraError, FrameError) as error:
            self.notes.append(f"VMAF-NEG was not measured: {error}")


def _typical(judges: list[_Judge]) -> int:
    output, *before = [np.array([score.psnr for score in judge.scores]) for judge in judges]
    gain = output - before[0] if before else output
    return int(np.argsort(gain, kind="stable")[len(gain) // 2])


def _together(
    reference: Path, paths: list[Path], notes: list[str]
) -> Iterator[tuple[Shown, list[Shown]]]:
    """Frames of all files side by side, until the first file ends."""
    streams = [read_luma(path) for path in (reference, *paths)]
    while True:
        shown = [next(stream, None) for stream in streams]
        ended = [str(path) for path, one in zip((reference, *paths), shown, strict=True) if not one]
        if ended and len(ended) < len(shown):
            notes.append(
                f"{', '.join(ended)}: ends before the others; only its frames were compared"
            )
        present = [one for one in shown if one is not None]
        if len(present) < len(shown):
            return
        apart = max(abs(one.time - present[0].time) for one in present)
        if apart > APART_S and not any(DIFFERENT_TIMES in note for note in notes):
            notes.append(f"{DIFFERENT_TIMES}, by {apart:.2f} s at {present[0].time:.2f} s")
        yield present[0], present[1:]
