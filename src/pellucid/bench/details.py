"""Where two pictures differ most in fine structure: the places worth enlarging."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pellucid.frames import Plane

Floats = npt.NDArray[np.float64]
BLUR = 4  # pixels each way: what a box of 9 takes out is not fine structure
STEP = 8  # pixels between the places tried


@dataclass(frozen=True)
class Box:
    """A part of a picture, in pixels; right and bottom lie just outside."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def height(self) -> int:
        """Rows."""
        return self.bottom - self.top

    @property
    def rows(self) -> slice:
        """To index an array with."""
        return slice(self.top, self.bottom)

    @property
    def columns(self) -> slice:
        """To index an array with."""
        return slice(self.left, self.right)

    def near(self, other: Box) -> bool:
        """Whether the two overlap, or lie less than half a box's height apart."""
        down = across = self.height // 2
        return (
            self.top < other.bottom + down
            and other.top < self.bottom + down
            and self.left < other.right + across
            and other.left < self.right + across
        )


def choose_details(first: Plane, second: Plane, size: tuple[int, int], count: int) -> list[Box]:
    """Up to `count` boxes of `size` (rows, columns), the most different first, apart from
    each other.

    first, second: uint8 (H, W) luma. A picture smaller than `size` gives boxes of its own size.
    """
    height, width = (min(pair) for pair in zip(size, first.shape, strict=True))
    # Squared, so that a clear edge outweighs a faint pattern that nobody would see.
    difference = (_fine(first) - _fine(second)) ** 2
    gained = _tent_sums(difference, (height, width))[::STEP, ::STEP]
    chosen: list[Box] = []
    for place in np.argsort(-gained, axis=None, kind="stable"):
        row, column = (int(index) * STEP for index in np.unravel_index(place, gained.shape))
        box = Box(row, column, row + height, column + width)
        if not any(box.near(other) for other in chosen):
            chosen.append(box)
        if len(chosen) == count:
            break
    return chosen


def _fine(luma: Plane) -> Floats:
    """A picture less its local mean: (H, W)."""
    padded = np.pad(luma.astype(np.float64), BLUR, mode="edge")
    side = 2 * BLUR + 1
    return luma - _box_sums(padded, (side, side)) / side**2


def _tent_sums(values: Floats, size: tuple[int, int]) -> Floats:
    """Sums over every box of `size`, its middle weighing most: what matters gets centred."""
    first = (size[0] + 1) // 2, (size[1] + 1) // 2
    second = size[0] + 1 - first[0], size[1] + 1 - first[1]
    return _box_sums(_box_sums(values, first), second)


def _box_sums(values: Floats, size: tuple[int, int]) -> Floats:
    """Sums over every box of `size`: (H, W) to (H - rows + 1, W - columns + 1)."""
    rows, columns = size
    table = np.pad(values, ((1, 0), (1, 0))).cumsum(0).cumsum(1)
    sums: Floats = table[rows:] - table[:-rows]
    return sums[:, columns:] - sums[:, :-columns]
