"""A sender of pictures that keeps to what the network carries, whatever it was sending before.

    steady(peer.addTrack(track))

Three places of aiortc's sender are ours, on this one sender: how the next picture is coded
(`coders.py`; where there is no room, it is left out), what reports of loss mean (`rate.py`), and
what is sent once more: each packet once in a while, and within the budget. Where a browser offers
more, packets carry it (`extensions.py`). All else stays aiortc's.
"""

from __future__ import annotations

import time
from typing import Any

from aiortc import RTCRtpSender
from aiortc.codecs.base import Encoder
from aiortc.codecs.h264 import H264Encoder
from aiortc.codecs.vpx import Vp8Encoder
from aiortc.mediastreams import VIDEO_TIME_BASE, convert_timebase
from aiortc.rtp import RtcpRrPacket, RtcpSrPacket

from pellucid.call.coders import FPS, H264, VP8, Coder
from pellucid.call.extensions import Known, mark
from pellucid.call.feedback import Sent
from pellucid.call.rate import LEAST, Budget, Rate
from pellucid.errors import FrameError

PRIVATE = "_RTCRtpSender__"  # what Python makes of two underscores in aiortc's class
KEYFRAMES = 0.5  # seconds between two, however many are asked for
AGAIN = 0.08  # seconds until a packet is sent once more after it was
OWED = 0.3  # seconds: with more than that unsent, nothing is sent again
HEADERS = 40  # bytes of IP, UDP and RTP that a packet has beside its payload
REMEMBERED = 512  # packets that were sent again
ENOUGH = 0.5  # bit a pixel: more is not seen, and takes time to code and to decode
LEAST_HELD = 10  # ms that a viewer's buffer holds pictures back: at 0 it would even out nothing
MOST_HELD, MOST_HELD_LOSSY = 60, 300  # at most; while packets are lost, long enough for another try
LOSSY = 3.0  # seconds after a report of loss


def steady(sender: RTCRtpSender, known: Known | None = None) -> Pictures:
    """Let a sender of pictures keep to the rate of the network; before it is connected.

    known: what the other side offers, for one sender of a connection. Raises FrameError for a
    sender of sound.
    """
    if sender.kind != "video":
        raise FrameError(f"sender: expected one that sends video, got {sender.kind}")
    pictures = Pictures()
    next_frame, handle = sender._next_encoded_frame, sender._handle_rtcp_packet
    again = sender._retransmit

    async def next_encoded_frame(codec: Any) -> Any:
        if pictures.begin(codec.name):
            vars(sender)[f"{PRIVATE}encoder"] = pictures
            if known:  # now it has the transport that it keeps
                pictures.sent = mark(sender, known, pictures.rate.estimated, pictures.held)
        return await next_frame(codec)

    async def handle_rtcp_packet(packet: Any) -> None:
        if isinstance(packet, RtcpRrPacket | RtcpSrPacket):
            for report in packet.reports:
                if report.ssrc == sender._ssrc:
                    pictures.lost(report.fraction_lost / 256)
        await handle(packet)

    async def retransmit(number: int) -> None:
        if pictures.may_repeat(number):
            await again(number)

    vars(sender).update(
        _next_encoded_frame=next_encoded_frame,
        _handle_rtcp_packet=handle_rtcp_packet,
        _retransmit=retransmit,
    )
    return pictures


class Pictures(Encoder):
    """What aiortc's sender asks for packets. skipped: pictures that were left out. sent: what is
    known of packets, where the other side tells.
    """

    def __init__(self) -> None:
        self.rate, self.skipped = Rate(), 0
        self.sent: Sent | None = None
        self._lost_at = float("-inf")
        self._budget = Budget()
        self._coder: Coder | None = None
        self._packed: Any = None
        self._keyframe, self._keyframe_at = False, float("-inf")
        self._again: dict[int, float] = {}

    def begin(self, codec: str) -> bool:
        """Begin with "VP8" or "H264", once; whether this is the first time."""
        if self._coder is not None:
            return False
        self._coder = Coder(H264() if codec == "H264" else VP8())
        self._packed = _h264 if codec == "H264" else _Vp8()
        return True

    def encode(self, frame: Any, force_keyframe: bool = False) -> tuple[list[bytes], int]:
        """Payloads of a picture's packets, none where it is left out, and its time."""
        assert self._coder is not None
        now, enough = time.monotonic(), round(ENOUGH * frame.width * frame.height * FPS)
        rate = min(self.rate.allowed, max(enough, LEAST))
        self._keyframe = self._keyframe or force_keyframe
        timestamp = convert_timebase(frame.pts, frame.time_base, VIDEO_TIME_BASE)
        self._coder.see(frame)
        if not self._budget.has_room(now, rate):
            self.skipped += 1
            return [], timestamp
        keyframe = self._keyframe and now >= self._keyframe_at + KEYFRAMES
        if keyframe:
            self._keyframe, self._keyframe_at = False, now
        payloads = self._packed(self._coder.encode(frame, rate, keyframe, now))
        self._budget.spend(sum(len(payload) + HEADERS for payload in payloads))
        return payloads, timestamp

    def pack(self, packet: Any) -> tuple[list[bytes], int]:
        """Raises FrameError: pictures that are coded already cannot keep to a rate."""
        raise FrameError("track: expected pictures, got packets that are coded already")

    @property
    def target_bitrate(self) -> int:
        """bit/s; aiortc sets it to what the receiver estimates."""
        return self.rate.allowed

    @target_bitrate.setter
    def target_bitrate(self, bits: int) -> None:
        self.rate.estimated(bits)

    def lost(self, share: float) -> None:
        """The receiver says which share of the latest packets it did not get, 0 to 1."""
        self.rate.lost(share)
        if share:
            self._lost_at = time.monotonic()

    def held(self) -> tuple[int, int]:
        """Least and most milliseconds that a viewer's buffer may hold a picture back."""
        lossy = time.monotonic() < self._lost_at + LOSSY
        return LEAST_HELD, MOST_HELD_LOSSY if lossy else MOST_HELD

    def may_repeat(self, number: int) -> bool:
        """Whether a packet that was lost is sent again now."""
        now = time.monotonic()
        if now < self._again.get(number, float("-inf")) + AGAIN:
            return False
        if self._budget.owed(now, self.rate.allowed) > OWED:
            return False
        if len(self._again) > REMEMBERED:
            self._again.clear()
        self._again[number] = now
        self._budget.spend(1200)
        return True


def _h264(coded: bytes) -> list[bytes]:
    return H264Encoder._packetize(H264Encoder._split_bitstream(coded)) if coded else []


class _Vp8:
    """Numbers pictures, as payloads of VP8 do."""

    def __init__(self) -> None:
        self._number = 0

    def __call__(self, coded: bytes) -> list[bytes]:
        payloads = Vp8Encoder._packetize(coded, self._number)
        self._number = (self._number + 1) % (1 << 15)
        return payloads
