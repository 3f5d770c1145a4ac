"""In calls of aiortc: pictures are sent within a rate, and none that is lost is waited for."""

from __future__ import annotations

import asyncio
from fractions import Fraction

import av
import numpy as np
import pytest
from aiortc import RTCPeerConnection
from aiortc.mediastreams import MediaStreamTrack
from aiortc.rtcrtpsender import RTCRtpSender

from call.network.peer import MarkedPictures
from call.peers import Call, Tone, calling, lose_sound, run
from pellucid.call.assembly import Assembly
from pellucid.call.prompt import prompt
from pellucid.call.rate import FIRST
from pellucid.call.sending import AGAIN, Pictures, steady
from pellucid.call.tracks import receiver_of
from pellucid.errors import FrameError


class Prompt:
    """Wraps nothing, and gives up early."""

    def __init__(self) -> None:
        self.assembly: Assembly

    def __call__(self, peer: RTCPeerConnection, track: MediaStreamTrack) -> MediaStreamTrack:
        self.assembly = prompt(receiver_of(peer, track))
        return track


def prefer(call: Call, codec: str) -> None:
    (transceiver,) = call.caller.getTransceivers()
    known = RTCRtpSender.getCapabilities("video").codecs
    transceiver.setCodecPreferences([one for one in known if one.mimeType == codec])


@pytest.mark.parametrize("codec", ["video/VP8", "video/H264"])
def test_pictures_arrive_and_the_estimate_is_followed(codec: str) -> None:
    async def work() -> None:
        call, wrap = Call(MarkedPictures()), Prompt()
        pictures = steady(call.caller.getSenders()[0])
        prefer(call, codec)
        try:
            await call.connect(wrap)
            first = await call.wrapped["video"].recv()
            later = await call.wrapped["video"].recv()
            assert later.pts > first.pts
            assert wrap.assembly.given_up == 0
            while pictures.target_bitrate == FIRST:  # until the receiver has told one
                await call.wrapped["video"].recv()
        finally:
            await call.close()

    run(work)


def test_what_is_lost_is_sent_again_or_given_up_and_pictures_go_on() -> None:
    async def work() -> None:
        wrap = Prompt()
        async with calling(wrap, MarkedPictures()) as call:
            (sender,) = call.caller.getSenders()
            steady(sender)
            lost = lose_sound(sender, 0.3, seed=1)
            count = 0
            while len(lost) < 40 or count < 20:
                await call.wrapped["video"].recv()
                count += 1

    run(work)


def test_a_packet_is_not_sent_again_and_again(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr("pellucid.call.sending.time.monotonic", lambda: now[0])
    pictures = Pictures()
    assert [pictures.may_repeat(7), pictures.may_repeat(7), pictures.may_repeat(8)] == [
        True,
        False,
        True,
    ]
    now[0] += AGAIN
    assert pictures.may_repeat(7)


def test_repeating_is_kept_within_the_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pellucid.call.sending.time.monotonic", lambda: 100.0)
    pictures = Pictures()
    repeated = sum(pictures.may_repeat(number) for number in range(10_000))
    assert 1200 * 8 * repeated == pytest.approx(0.3 * FIRST, rel=0.1)


def test_small_pictures_take_no_more_than_can_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two seconds of noise of 64x48, which fills any rate, where 2 Mbit/s may be sent."""
    now = [100.0]
    monkeypatch.setattr("pellucid.call.sending.time.monotonic", lambda: now[0])
    pictures, octets, rng = Pictures(), 0, np.random.default_rng(1)
    pictures.begin("H264")
    for _ in range(30):
        pictures.rate.lost(0.0)
    pictures.rate.estimated(2_000_000)
    for number in range(60):
        now[0] += 1 / 30
        frame = av.VideoFrame.from_ndarray(rng.integers(0, 255, (72, 64), np.uint8), "yuv420p")
        frame.pts, frame.time_base = number * 3000, Fraction(1, 90_000)
        octets += sum(map(len, pictures.encode(frame)[0]))
    assert pictures.rate.allowed == 2_000_000
    assert 8 * octets / 2 < 100_000


def test_sound_is_refused() -> None:
    async def work() -> None:
        async with calling(lambda peer, track: track, Tone()) as call:
            await asyncio.sleep(0)
            with pytest.raises(FrameError, match="sends video, got audio"):
                steady(call.caller.getSenders()[0])
            with pytest.raises(FrameError, match="receives video, got audio"):
                prompt(call.listener.getReceivers()[0])

    run(work)
