"""Marks of time are read as they were written, after coding too."""

from __future__ import annotations

from fractions import Fraction

import av
import numpy as np
import pytest

from call.network.marks import HEARD, draw, listen, read, sound
from call.network.peer import scene


@pytest.mark.parametrize("seconds", [0.0, 12.345, 16_777.3, 1_000_000.001])
def test_pictures_keep_their_time(seconds: float) -> None:
    luma = np.zeros((240, 320), np.uint8)
    draw(luma, seconds)
    noisy = np.clip(luma + np.random.default_rng(1).normal(0, 30, luma.shape), 0, 255)
    large = noisy.astype(np.uint8).repeat(2, 0).repeat(2, 1)
    assert read(large, seconds + 0.25) == pytest.approx(0.25, abs=0.0011)


def test_a_picture_without_a_time_has_none() -> None:
    luma = np.zeros((240, 320), np.uint8)
    draw(luma, 1234.567)
    luma[:30, :40] = 255 - luma[:30, :40]
    assert read(luma, 1234.567) is None


@pytest.mark.parametrize("codec", ["libx264", "libvpx"])
def test_pictures_of_few_bits_keep_their_time(codec: str) -> None:
    coder = av.CodecContext.create(codec, "w")
    coder.width, coder.height, coder.pix_fmt, coder.bit_rate = 320, 240, "yuv420p", 100_000
    coder.framerate, coder.time_base = Fraction(25), Fraction(1, 25)
    coder.options = {
        "libx264": {"tune": "zerolatency"},
        "libvpx": {"deadline": "realtime", "lag-in-frames": "0"},
    }[codec]
    decoder = av.CodecContext.create({"libx264": "h264", "libvpx": "vp8"}[codec], "r")
    delays = []
    for number in range(30):
        frame = scene(number, 0.04 * number, (320, 240))
        for packet in coder.encode(frame):
            for decoded in decoder.decode(packet):
                delays.append(read(decoded.to_ndarray()[:240], 0.04 * number))
    known = [delay for delay in delays if delay is not None]
    assert len(known) > 25
    assert min(known) >= -0.001


@pytest.mark.parametrize("seconds", [0.5, 3.0, 7.5, 801.2])
def test_sounds_keep_their_time(seconds: float) -> None:
    samples = sound(seconds, HEARD)
    last = seconds + HEARD / 48_000
    assert listen(samples, last + 0.3) == pytest.approx(0.3, abs=0.01)
    assert listen(0 * samples, last) is None
