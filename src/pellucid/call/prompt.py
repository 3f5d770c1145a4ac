"""Pictures that do not wait: `assembly.py` in the places where aiortc keeps packets of a video.

aiortc's own buffer waits until 512 packets are there for one that never comes, which froze a call
over 300 kbit/s for 20 seconds and left it 7 seconds behind for good (`docs/network.md`), and it
asks for everything that is missing whenever one more is. Its estimate of the rate takes jitter for
a queue. A receiver has three objects for this: one says which packets to ask for, one makes
pictures of them, one tells the rate; ours take their places. Decoders and reports of loss stay
aiortc's.
"""

from __future__ import annotations

import time
from typing import Any

from aiortc import RTCRtpReceiver
from aiortc.jitterbuffer import JitterFrame
from aiortc.rtp import RtpPacket

from pellucid.call.assembly import Assembly, Piece
from pellucid.call.estimate import Estimate
from pellucid.call.packets import distance
from pellucid.errors import FrameError

PRIVATE = "_RTCRtpReceiver__"  # what Python makes of two underscores in aiortc's class
START_CODE = b"\x00\x00\x01"
SEND_TIME_BITS, SEND_TIME_UNITS = 24, 1 << 18  # of abs-send-time, units a second
TELL = 0.5  # seconds between two estimates that are told, unless the rate falls
ALONE = (5, 7)  # H.264's units: a picture that needs no other, and what stands before one


def prompt(receiver: RTCRtpReceiver) -> Assembly:
    """Let a receiver of pictures give up early what is lost; before its first packet.

    Raises FrameError for a receiver of sound.
    """
    kind = receiver.track.kind if receiver.track else "nothing yet"
    if kind != "video":
        raise FrameError(f"receiver: expected one that receives video, got {kind}")
    assembly = Assembly()
    vars(receiver)[f"{PRIVATE}nack_generator"] = _Asking(assembly)
    vars(receiver)[f"{PRIVATE}jitter_buffer"] = _Buffer(assembly, receiver)
    vars(receiver)[f"{PRIVATE}remote_bitrate_estimator"] = _Telling()
    return assembly


class _Asking:
    """What aiortc asks which packets it should ask for."""

    def __init__(self, assembly: Assembly) -> None:
        self._assembly = assembly
        self.missing: list[int] = []

    def add(self, packet: RtpPacket) -> bool:
        """Whether to ask now, for those in `missing`."""
        self.missing = self._assembly.missing(time.monotonic())
        return bool(self.missing)


class _Buffer:
    """What aiortc gives packets to; pictures go to the decoder from here, as several may be due."""

    def __init__(self, assembly: Assembly, receiver: RTCRtpReceiver) -> None:
        self._assembly, self._own = assembly, vars(receiver)

    def add(self, packet: RtpPacket) -> tuple[bool, JitterFrame | None]:
        """Whether to ask for a keyframe; never a picture."""
        now = time.monotonic()
        codec = self._named("codecs")[packet.payload_type]
        data = packet._data  # type: ignore[attr-defined]
        alone = stands_alone(codec.name, data)
        number, last = packet.sequence_number, bool(packet.marker)
        for coded in self._assembly.push(Piece(number, packet.timestamp, last, data, alone), now):
            coded.timestamp = self._named("timestamp_mapper").map(coded.timestamp)
            self._named("decoder_queue").put((codec, coded))
        return self._assembly.wants_keyframe(now), None

    def _named(self, name: str) -> Any:
        return self._own[PRIVATE + name]


class _Telling:
    """What aiortc asks how much the way carries, with each packet that comes."""

    def __init__(self) -> None:
        self._estimate = Estimate()
        self._sent = 0  # by the sender's clock, counted on and not wrapped
        self._told = float("-inf")
        self._sources: set[int] = set()

    def add(
        self, arrival_time_ms: int, abs_send_time: int, payload_size: int, ssrc: int
    ) -> tuple[int, list[int]] | None:
        """bit/s and whom it is of, where it is time to tell the sender."""
        self._sources.add(ssrc)
        self._sent += distance(abs_send_time, self._sent % 2**SEND_TIME_BITS, SEND_TIME_BITS)
        now = arrival_time_ms / 1000
        fell = self._estimate.push(self._sent / SEND_TIME_UNITS, now, payload_size)
        if not fell and now < self._told + TELL:
            return None
        self._told = now
        return round(self._estimate.rate), list(self._sources)


def stands_alone(codec: str, data: bytes) -> bool:
    """Whether a packet's data tells that its picture needs no other one.

    codec: "VP8", whose first packet has a bit for it (RFC 6386, 9.1), or "H264".
    """
    if codec == "VP8":
        return len(data) > 9 and not data[0] & 1 and data[3:6] == b"\x9d\x01\x2a"
    units = (part[0] & 31 for part in data.split(START_CODE)[1:] if part)
    return any(unit in ALONE for unit in units)
