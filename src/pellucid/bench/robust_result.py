"""What the robustness protocol measured: gains over bicubic, the worst of them, and their mean."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from pellucid.bench.call_result import ANCHOR

TOLERANCE = 0.05  # dB; less than this below bicubic is not worth a word


@dataclass(frozen=True)
class RobustScore:
    """One method on one degraded picture. folder: the set's name. psnr: dB of luma."""

    folder: str
    picture: str
    degradation: str
    method: str
    psnr: float


@dataclass(frozen=True)
class RobustResult:
    """All scores of one run, and what is read off them; gains are in dB of PSNR over bicubic."""

    scores: tuple[RobustScore, ...]

    @property
    def methods(self) -> tuple[str, ...]:
        """In the order of measuring."""
        return tuple(dict.fromkeys(score.method for score in self.scores))

    @property
    def degradations(self) -> tuple[str, ...]:
        """In the order of measuring."""
        return tuple(dict.fromkeys(score.degradation for score in self.scores))

    @property
    def pictures(self) -> dict[str, int]:
        """How many pictures of each folder were measured."""
        seen = dict.fromkeys((score.folder, score.picture) for score in self.scores)
        folders = [folder for folder, _ in seen]
        return {folder: folders.count(folder) for folder in dict.fromkeys(folders)}

    def of(self, folders: Iterable[str]) -> RobustResult:
        """The same result told of some of the folders only."""
        wanted = set(folders)
        return RobustResult(tuple(score for score in self.scores if score.folder in wanted))

    def psnr(self, method: str, degradation: str) -> float:
        """Mean PSNR over all pictures."""
        wanted = method, degradation
        return float(np.mean([s.psnr for s in self.scores if (s.method, s.degradation) == wanted]))

    def gains(self, method: str) -> dict[str, float]:
        """By degradation: mean over the pictures of PSNR less bicubic's."""
        return {
            name: self.psnr(method, name) - self.psnr(ANCHOR, name) for name in self.degradations
        }

    def worst(self, method: str) -> tuple[str, float]:
        """The degradation with the least gain, and that gain."""
        return min(self.gains(method).items(), key=lambda gain: gain[1])

    def mean(self, method: str) -> float:
        """Mean gain over the degradations."""
        return float(np.mean(list(self.gains(method).values())))

    def below_bicubic(self) -> dict[str, dict[str, float]]:
        """The methods that fall below bicubic by more than `TOLERANCE`, and where: worst first."""
        lost = {
            method: {name: gain for name, gain in self._ranked(method) if gain < -TOLERANCE}
            for method in self.methods
        }
        return {method: where for method, where in lost.items() if where}

    def summary(self) -> dict[str, dict[str, Any]]:
        """For each method its worst gain, where that is, its mean gain, and each degradation's."""
        return {method: self._summary_of(method) for method in self.methods}

    def to_dict(self) -> dict[str, Any]:
        """Everything, as JSON takes it."""
        return {
            "pictures": self.pictures,
            "summary": self.summary(),
            "scores": [asdict(score) for score in self.scores],
        }

    def _ranked(self, method: str) -> list[tuple[str, float]]:
        return sorted(self.gains(method).items(), key=lambda gain: gain[1])

    def _summary_of(self, method: str) -> dict[str, Any]:
        place, worst = self.worst(method)
        return {
            "worst": worst,
            "worst_at": place,
            "mean": self.mean(method),
            "gains": self.gains(method),
            "psnr": {name: self.psnr(method, name) for name in self.degradations},
        }
