"""Frames check themselves, and print shapes rather than arrays."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from pellucid.errors import FrameError, PellucidError
from pellucid.frames import AudioFrame, Plane, VideoFrame


def plane(height: int, width: int) -> Plane:
    return np.zeros((height, width), np.uint8)


def test_odd_sizes_round_chroma_up() -> None:
    frame = VideoFrame(plane(5, 7), plane(3, 4), plane(3, 4))
    assert (frame.height, frame.width) == (5, 7)


@pytest.mark.parametrize(
    ("u", "v", "subsampling"),
    [
        (plane(4, 4), None, (2, 2)),
        (plane(4, 4), plane(4, 5), (2, 2)),
        (plane(8, 4), plane(8, 4), (2, 2)),
        (plane(4, 4), plane(4, 4), (3, 2)),
        (np.zeros((4, 4), np.uint16), plane(4, 4), (2, 2)),
    ],
)
def test_planes_that_do_not_fit_are_refused(
    u: Plane, v: Plane | None, subsampling: tuple[int, int]
) -> None:
    with pytest.raises(FrameError):
        VideoFrame(plane(8, 8), u, v, subsampling=subsampling)


def test_unknown_tags_list_the_choices() -> None:
    with pytest.raises(FrameError, match="bt601, bt709"):
        VideoFrame(plane(2, 2), None, None, matrix="bt907")  # type: ignore[arg-type]


def test_time_is_exact() -> None:
    assert VideoFrame(plane(2, 2), None, None, 7, Fraction(1, 30)).time == Fraction(7, 30)


def test_frames_print_shapes() -> None:
    shown = repr(VideoFrame(plane(360, 640), plane(180, 320), plane(180, 320), pts=3))
    assert shown == "VideoFrame(640x360, chroma 320x180, pts=3, t=0.100s)"
    sound = AudioFrame(np.zeros((2, 480), np.float32), 48_000)
    assert repr(sound) == "AudioFrame(2x480 at 48000 Hz, pts=0)"


def test_every_error_is_ours_and_a_builtin() -> None:
    from pellucid import errors

    classes = [value for value in vars(errors).values() if isinstance(value, type)]
    assert len(classes) > 5
    for each in classes:
        assert issubclass(each, PellucidError)
        if each is not PellucidError:
            assert any(
                issubclass(each, builtin)
                for builtin in (OSError, ValueError, RuntimeError, ImportError)
            )
