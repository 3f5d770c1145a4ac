"""Before and after in one picture, for who wants to see the difference: to the left of a line what
interpolation makes of a frame, to the right of it what a network does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from pellucid.errors import FrameError, StreamClosed
from pellucid.frames import Plane, VideoFrame
from pellucid.stream import Stage
from pellucid.video.upscale import Stats, Upscaler
from pellucid.video.ways import CubicWay


class Comparison(Stage[VideoFrame, VideoFrame]):
    """Enlarges one stream's frames by one of several upscalers, which see all frames that they
    enlarge in their order.

    upscalers: by name; the first is `model` at the start, which may be set to another. before: 0
    to 1, the share of the width from the left that is interpolated; may be set at any time.
    budget_ms: tells what the next frame may take, where upscalers keep to one. Raises FrameError
    for no upscalers, an unknown model and another share.
    """

    def __init__(
        self,
        upscalers: Mapping[str, Upscaler],
        before: float = 0.0,
        budget_ms: Callable[[], float] | None = None,
    ) -> None:
        if not upscalers:
            raise FrameError("upscalers: expected at least one")
        self._upscalers, self._cubic = dict(upscalers), CubicWay()
        self._budget_ms = budget_ms
        self._model, self._closed = next(iter(upscalers)), False
        self.before = before

    @property
    def model(self) -> str:
        """The name of the upscaler that is used."""
        return self._model

    @model.setter
    def model(self, model: str) -> None:
        if model not in self._upscalers:
            raise FrameError(f"model: expected {' or '.join(self._upscalers)}, got {model!r}")
        self._model = model

    @property
    def before(self) -> float:
        """Where the line is."""
        return self._before

    @before.setter
    def before(self, before: float) -> None:
        if isinstance(before, bool) or not 0 <= before <= 1:
            raise FrameError(f"before: expected 0 to 1, got {before!r}")
        self._before = before

    @property
    def stats(self) -> Stats:
        """Of the upscaler that is used."""
        return self._upscalers[self._model].stats

    @property
    def latency(self) -> float:
        """0 seconds."""
        return 0.0

    def push(self, frame: VideoFrame, /) -> Sequence[VideoFrame]:
        """Enlarge one frame. Raises what `Upscaler.push` raises."""
        if self._closed:
            raise StreamClosed("push() after flush(): build a new Comparison for a new stream")
        before, upscaler = self._before, self._upscalers[self._model]
        if self._budget_ms:
            upscaler.budget_ms = self._budget_ms()
        (large,) = upscaler.push(frame)
        return [beside(self._cubic.enlarge(frame), large, before)] if before else [large]

    def flush(self) -> Sequence[VideoFrame]:
        """End the stream; nothing is held back."""
        self._closed = True
        return []


def beside(left: VideoFrame, right: VideoFrame, share: float) -> VideoFrame:
    """Two frames of one size in one, `share` of its width from the left one."""
    y = _joined(left.y, right.y, share)
    if left.u is None or left.v is None or right.u is None or right.v is None:
        return replace(right, y=y)
    u, v = _joined(left.u, right.u, share), _joined(left.v, right.v, share)
    return replace(right, y=y, u=u, v=v)


def _joined(left: Plane, right: Plane, share: float) -> Plane:
    line = round(share * left.shape[1])
    return np.concatenate([left[:, :line], right[:, line:]], axis=1)
