"""Names beside what they name in a plot, moved apart so that none lies upon another."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.text import Annotation, Text
from matplotlib.transforms import Bbox

Point = tuple[float, float]
Label = tuple[Point, str, str]  # where in the data, the words, the colour

SIZE = 8.5  # points
LINE = 1.3  # of SIZE: from one line of text to the next
REACHES = (7, 14, 24, 36)  # points from a point to its label; beyond the first a line joins them
SIDES = ((1, 0), (-1, 0), (1, 1), (1, -1), (-1, 1), (-1, -1), (0, 1), (0, -1))  # across, up
HORIZONTAL = {1: "left", 0: "center", -1: "right"}
VERTICAL = {1: "bottom", 0: "center", -1: "top"}


def label_ends(axes: Axes, labels: Sequence[Label]) -> None:
    """Write each label to the right of the axes, as near to its point's height as room allows."""
    height = axes.get_window_extent().height * 72 / axes.figure.dpi  # points
    points = axes.transAxes.inverted().transform(
        axes.transData.transform([point for point, _, _ in labels])
    )
    heights = spread(points[:, 1] * height, SIZE * LINE, (0, height)) / height
    for (point, words, colour), up in zip(labels, heights, strict=True):
        axes.annotate(
            words, point, (1.03, up), textcoords="axes fraction", color=colour, size=SIZE,
            va="center", annotation_clip=False,
            arrowprops={"arrowstyle": "-", "color": colour, "lw": 0.6, "relpos": (0, 0.5)},
        )  # fmt: skip


def label_points(axes: Axes, labels: Sequence[Label], covered: Sequence[Bbox] = ()) -> None:
    """Write each label beside its point, at the first place where it covers nothing.

    covered: what else lies in the axes, in pixels.
    """
    centres = axes.transData.transform([point for point, _, _ in labels])
    taken = [*covered, *(Bbox.from_extents(x - 6, y - 6, x + 6, y + 6) for x, y in centres)]
    for label in labels:
        tried = (_beside(axes, label, reach, side) for reach in REACHES for side in SIDES)
        chosen = next((text for text in tried if _kept(axes, text, taken)), None)
        chosen = chosen or _beside(axes, label, REACHES[0], SIDES[0])
        taken.append(extent(chosen))


def spread(
    values: npt.ArrayLike, gap: float, limits: tuple[float, float] = (-np.inf, np.inf)
) -> npt.NDArray[np.float64]:
    """The values moved as little as possible (least squares) so that all lie `gap` apart.

    limits: between which they must lie, and room for them all.
    Source: isotonic regression of value - rank * gap by pooling (Ayer et al. 1955).
    """
    targets = np.asarray(values, np.float64)
    order = np.argsort(targets, kind="stable")
    steps = gap * np.arange(len(order))
    pools: list[list[float]] = []
    for target in targets[order] - steps:
        pools.append([float(target)])
        while len(pools) > 1 and np.mean(pools[-2]) > np.mean(pools[-1]):
            pools[-2:] = [pools[-2] + pools[-1]]
    placed = np.empty(len(order))
    pooled = np.concatenate([np.full(len(pool), np.mean(pool)) for pool in pools])
    placed[order] = np.clip(pooled, limits[0], limits[1] - steps[-1]) + steps
    return placed


def extent(text: Annotation) -> Bbox:
    """The words alone, without the line to their point, in pixels."""
    text.get_window_extent()  # an annotation is put in its place only now
    return Text.get_window_extent(text)


def _beside(axes: Axes, label: Label, reach: int, side: tuple[int, int]) -> Annotation:
    point, words, colour = label
    across, up = side
    line = {"arrowstyle": "-", "color": colour, "lw": 0.6} if reach > REACHES[0] else None
    return axes.annotate(
        words, point, (across * reach, up * reach), textcoords="offset points", color=colour,
        size=SIZE, ha=HORIZONTAL[across], va=VERTICAL[up], arrowprops=line,
    )  # fmt: skip


def _kept(axes: Axes, text: Annotation, taken: Sequence[Bbox]) -> bool:
    """Whether the text lies inside the axes and on nothing; else it is taken away again."""
    box, frame = extent(text), axes.get_window_extent()
    inside = frame.x0 <= box.x0 and box.x1 <= frame.x1 and frame.y0 <= box.y0 and box.y1 <= frame.y1
    free = inside and not any(box.overlaps(other) for other in taken)
    if not free:
        text.remove()
    return free
