"""The Upscaler: a lawful Stage, and one call for frames, luma and RGB."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

import laws
from pellucid.artifact import write
from pellucid.errors import FrameError
from pellucid.frames import VideoFrame
from pellucid.video import integer
from pellucid.video.integer import reference
from pellucid.video.levels import Levels
from pellucid.video.model import pack
from pellucid.video.upscale import Upscaler
from video.networks import noise, random_network
from video.test_gate import brighter_when_flat
from video.test_model import CARD

NETWORK = random_network(42, 3, 1, 8)


@pytest.fixture(scope="session")
def make(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Upscaler]:
    path = tmp_path_factory.mktemp("models") / "tiny.safetensors"
    write(path, pack(NETWORK, CARD))
    return lambda: Upscaler(str(path), threads=2)


def frames(count: int, height: int = 13, width: int = 10) -> list[VideoFrame]:
    chroma = (-(-height // 2), -(-width // 2))
    return [
        VideoFrame(
            noise(height, width, 3 * i),
            noise(*chroma, 3 * i + 1),
            noise(*chroma, 3 * i + 2),
            pts=7 * i + 3,
            time_base=Fraction(1, 90),
            matrix="bt709",
            range="full",
        )
        for i in range(count)
    ]


def test_it_obeys_the_laws_of_stages(make: Callable[[], Upscaler]) -> None:
    laws.streaming_equals_offline(make, frames(5))
    laws.no_frame_is_lost_and_times_stay(make, frames(5))
    laws.pictures_are_causal_within_latency(make, frames(5), 3)
    laws.input_stays_untouched(make, frames(3))
    laws.push_after_flush_raises(make, frames(1)[0])


@pytest.fixture(scope="session")
def gated(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Upscaler]:
    path = tmp_path_factory.mktemp("models") / "gated.safetensors"
    write(path, pack(brighter_when_flat(), CARD))
    return lambda: Upscaler(str(path), threads=2)


def test_a_gate_with_memory_obeys_them_too(gated: Callable[[], Upscaler]) -> None:
    laws.streaming_equals_offline(gated, wavering())
    laws.no_frame_is_lost_and_times_stay(gated, wavering())
    laws.pictures_are_causal_within_latency(gated, wavering(), 3)


def test_a_stream_goes_through_the_levels_of_its_latest_pictures(
    gated: Callable[[], Upscaler],
) -> None:
    upscaler, network = gated(), brighter_when_flat()
    made = [picture for frame in wavering() for picture in upscaler.push(frame)]
    chosen = Levels(network)
    for frame, picture in zip(wavering(), made, strict=True):
        expected = reference(network.networks[chosen.of(frame.y)], frame.y)
        np.testing.assert_array_equal(picture.y, expected)
    alone = [upscaler.upscale(frame).y for frame in wavering()]
    assert not all(np.array_equal(one, picture.y) for one, picture in zip(alone, made, strict=True))


def wavering() -> list[VideoFrame]:
    """Grey frames that a gate without memory sends to one level and the other in turn."""
    rough = np.concatenate([noise(13, 20), np.full((7, 20), 9, np.uint8)])
    planes = [np.full((20, 20), 9, np.uint8), rough] * 3
    return [VideoFrame(plane, None, None, pts=i) for i, plane in enumerate(planes)]


@pytest.mark.parametrize("size", [(13, 10), (1, 1), (2, 7), (8, 8)])
def test_a_frame_doubles_and_keeps_its_tags(
    make: Callable[[], Upscaler], size: tuple[int, int]
) -> None:
    (frame,) = frames(1, *size)
    made = make().upscale(frame)
    assert (made.height, made.width) == (2 * size[0], 2 * size[1])
    assert made.u is not None
    assert made.u.shape == size  # twice ceil(n / 2), cut to what the doubled luma needs
    assert (made.pts, made.time_base, made.matrix, made.range) == (
        3,
        frame.time_base,
        "bt709",
        "full",
    )


def test_luma_goes_through_the_network_alone(make: Callable[[], Upscaler]) -> None:
    (frame,) = frames(1)
    expected = reference(NETWORK, frame.y)
    np.testing.assert_array_equal(make().upscale(frame).y, expected)
    np.testing.assert_array_equal(make().upscale(frame.y), expected)


def test_grey_frames_stay_grey(make: Callable[[], Upscaler]) -> None:
    made = make().upscale(VideoFrame(noise(4, 6), None, None))
    assert made.u is None


def test_grey_rgb_equals_luma(make: Callable[[], Upscaler]) -> None:
    grey = noise(9, 8)
    rgb = make().upscale(np.stack([grey] * 3, axis=2))
    np.testing.assert_array_equal(rgb, np.stack([make().upscale(grey)] * 3, axis=2))


def test_flat_colours_come_out_exactly_as_they_were(tmp_path: Path) -> None:
    silent = integer.Layer(
        np.zeros((4, 1, 3, 3), np.int8), np.zeros(4, np.int32), np.ones(4, np.int16), 0
    )
    network = integer.IntegerNetwork((silent,), skip="bilinear")
    write(tmp_path / "silent.safetensors", pack(network, CARD))
    upscaler = Upscaler(str(tmp_path / "silent.safetensors"))
    for colour in ((255, 0, 0), (3, 200, 77), (0, 0, 255), (255, 255, 255)):
        made = upscaler.upscale(np.full((4, 5, 3), colour, np.uint8))
        assert (made == np.array(colour)).all()


@pytest.mark.parametrize(
    "bad",
    [
        np.zeros((4, 4), np.float32),
        np.zeros((4, 4, 4), np.uint8),
        np.zeros((0, 4), np.uint8),
        np.zeros(4, np.uint8),
        [[1, 2], [3, 4]],
    ],
)
def test_what_is_no_picture_is_refused(make: Callable[[], Upscaler], bad: object) -> None:
    with pytest.raises(FrameError, match="picture: expected"):
        make().upscale(bad)  # type: ignore[call-overload]


@pytest.mark.parametrize(
    "bad", [noise(4, 4), "x", None, VideoFrame(np.zeros((1, 16385), np.uint8), None, None)]
)
def test_a_stream_refuses_what_is_no_frame_or_too_large(
    gated: Callable[[], Upscaler], bad: object
) -> None:
    with pytest.raises(FrameError, match="expected"):
        gated().push(bad)  # type: ignore[arg-type]
