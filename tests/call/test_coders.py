"""Coders follow a rate that changes, and do not begin anew each time."""

from __future__ import annotations

from fractions import Fraction

import av
import numpy as np
import pytest

from call.network.peer import scene
from pellucid.call.coders import FPS, H264, OPEN_FOR, VP8, Coder, Kind
from pellucid.call.prompt import stands_alone
from pellucid.call.rate import Budget

KINDS = {"H264": H264, "VP8": VP8}


class Watched:
    """A kind that counts how often it opens."""

    def __init__(self, kind: Kind) -> None:
        self._kind, self.opened = kind, 0
        self.lower, self.upper, self.follow = kind.lower, kind.upper, kind.follow

    def open(self, width: int, height: int, rate: int) -> av.VideoCodecContext:
        self.opened += 1
        return self._kind.open(width, height, rate)


def coded(coder: Coder, rates: list[int], keyframes: tuple[int, ...] = ()) -> list[bytes]:
    """What a coder makes of moving pictures, as `sending.py` drives it: a rate for each."""
    budget, made = Budget(), []
    for number, rate in enumerate(rates):
        picture, now = scene(number, number / FPS), number / FPS
        picture.pts, picture.time_base = number, Fraction(1, FPS)
        coder.see(picture)
        if budget.has_room(now, rate):
            made.append(coder.encode(picture, rate, number in keyframes, now))
            budget.spend(len(made[-1]))
        else:
            made.append(b"")
    return made


def kbps(pictures: list[bytes]) -> float:
    return sum(map(len, pictures)) * 8 * FPS / len(pictures) / 1000


@pytest.mark.parametrize("name", KINDS)
def test_a_rate_is_kept_and_followed(name: str) -> None:
    coder = Coder(KINDS[name]())
    made = coded(coder, [800_000] * 120 + [200_000] * 150 + [500_000] * 150)
    assert kbps(made[30:120]) == pytest.approx(800, rel=0.35)
    assert kbps(made[150:270]) == pytest.approx(200, rel=0.35)
    assert kbps(made[330:]) == pytest.approx(500, rel=0.35)
    assert sum(map(bool, made)) > len(made) / 3


@pytest.mark.parametrize("name", KINDS)
def test_what_it_makes_is_decoded_from_a_keyframe_on(name: str) -> None:
    coder = Coder(KINDS[name]())
    made = coded(coder, [800_000] * 40, keyframes=(20,))
    decoder = av.CodecContext.create({"H264": "h264", "VP8": "vp8"}[name], "r")
    start = next(place for place in range(20, 40) if made[place])
    pictures = [one for data in made[start:] if data for one in decoder.decode(av.Packet(data))]
    assert len(pictures) > 5
    assert not any(picture.is_corrupt for picture in pictures)
    assert stands_alone(name, made[0])
    alone = [place for place, data in enumerate(made) if data and stands_alone(name, data)]
    assert len(alone) == 2


def test_x264_takes_small_changes_while_it_is_open() -> None:
    watched = Watched(H264())
    coded(Coder(watched), [800_000 - 3000 * (number % 100) for number in range(200)])
    assert watched.opened == 1


@pytest.mark.parametrize("name", KINDS)
def test_it_opens_at_most_every_two_seconds(name: str) -> None:
    watched = Watched(KINDS[name]())
    rng = np.random.default_rng(1)
    coded(Coder(watched), rng.integers(60_000, 3_000_000, 300).tolist())
    assert 1 < watched.opened <= 1 + 300 / FPS / OPEN_FOR


@pytest.mark.parametrize("name", KINDS)
def test_another_size_begins_anew_at_once(name: str) -> None:
    coder, decoder = Coder(KINDS[name]()), None
    sizes = []
    for number, size in enumerate([(320, 240), (160, 120), (321, 241)]):
        picture = scene(0, 1.0).reformat(*size)
        picture.pts, picture.time_base = number, Fraction(1, FPS)
        coder.see(picture)
        data = coder.encode(picture, 500_000, False, number / FPS)
        decoder = av.CodecContext.create({"H264": "h264", "VP8": "vp8"}[name], "r")
        sizes += [(one.width, one.height) for one in decoder.decode(av.Packet(data))]
        sizes += [(one.width, one.height) for one in decoder.decode(None)]
    assert sizes == [(320, 240), (160, 120), (320, 240)]


@pytest.mark.parametrize("name", KINDS)
def test_a_picture_too_large_for_the_rate_is_halved_and_later_whole(name: str) -> None:
    coder, sizes = Coder(KINDS[name]()), []
    decoder = av.CodecContext.create({"H264": "h264", "VP8": "vp8"}[name], "r")
    for number in range(200):
        picture = av.VideoFrame(960, 720, "yuv420p")
        for plane in picture.planes:
            plane.update(bytes([100 + number % 50]) * plane.buffer_size)
        picture.pts, picture.time_base = number, Fraction(1, FPS)
        coder.see(picture)
        rate = 200_000 if number < 100 else 1_000_000
        data = coder.encode(picture, rate, False, number / FPS)
        sizes += [one.width for one in decoder.decode(av.Packet(data))] if data else []
    assert (sizes[0], sizes[-1]) == (480, 960)
