"""Before and after in one picture: each side is what its own way makes, to the pixel."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid.call.comparison import Comparison
from pellucid.errors import FrameError, StreamClosed
from pellucid.frames import VideoFrame
from pellucid.video.upscale import Upscaler
from pellucid.video.ways import CubicWay


def picture(grey: bool = False) -> VideoFrame:
    rng = np.random.default_rng(5)
    y, u, v = (rng.integers(0, 256, size, np.uint8) for size in ((24, 40), (12, 20), (12, 20)))
    return VideoFrame(y, None, None) if grey else VideoFrame(y, u, v)


def comparison() -> Comparison:
    return Comparison({name: Upscaler(name, threads=1) for name in ("standard", "lite")})


@pytest.mark.parametrize("share", [0, 0.25, 0.5, 1])
def test_each_side_is_what_its_own_way_makes(share: float) -> None:
    made, frame = comparison(), picture()
    made.before = share
    (both,) = made.push(frame)
    before, (after,) = CubicWay().enlarge(frame), Upscaler(threads=1).push(frame)
    line = round(80 * share)
    for name, at in (("y", line), ("u", line // 2), ("v", line // 2)):
        mixed, left, right = (getattr(one, name) for one in (both, before, after))
        np.testing.assert_array_equal(mixed[:, :at], left[:, :at])
        np.testing.assert_array_equal(mixed[:, at:], right[:, at:])


def test_grey_stays_grey() -> None:
    made = comparison()
    made.before = 0.5
    (both,) = made.push(picture(grey=True))
    assert both.u is None


def test_the_model_may_be_changed_on_the_way() -> None:
    made, frame = comparison(), picture()
    made.push(frame)
    made.model = "lite"
    (after,) = made.push(frame)
    np.testing.assert_array_equal(after.y, Upscaler("lite", threads=1).push(frame)[0].y)
    assert (made.stats.frames, dict(made.stats.ways)) == (1, {"lite": 1})


def test_mistakes_are_refused() -> None:
    with pytest.raises(FrameError, match="at least one"):
        Comparison({})
    made = comparison()
    for wrong in (-0.1, 1.1, float("nan"), True):
        with pytest.raises(FrameError, match="before"):
            made.before = wrong
    with pytest.raises(FrameError, match="model"):
        made.model = "huge"
    made.flush()
    with pytest.raises(StreamClosed):
        made.push(picture())
