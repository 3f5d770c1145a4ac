"""The packets of a voice as they come from the network, before aiortc's own jitter buffer.

aiortc has no public way to see them. Its transport hands each packet to its receiver by one call,
`receiver._handle_rtp_packet(packet, arrival_time_ms=...)`. We put ourselves in front of that method
on this one receiver: look at the packet, then call the original, so that reports to the sender,
statistics and the rest of aiortc go on as they are. Its own decoded sound, which nobody wants, is
emptied, because its queue has no end; where it ends, the peer is gone.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from aiortc import RTCPeerConnection, RTCRtpReceiver
from aiortc.mediastreams import MediaStreamError, MediaStreamTrack
from aiortc.rtp import RtpPacket

from pellucid.call.packets import Packet, opus_duration
from pellucid.errors import FrameError

PIECE = 480  # samples: packets of a whole number of them are understood
STATIC = 96  # payload types below are of older codecs than Opus (RFC 3551)

# A packet and when it came, in seconds of time.monotonic; None for one that is not understood.
Take = Callable[[Packet | None, float], None]


class Tap:
    """Gives `take` each packet of a receiver of sound until `close`, and calls `ended` when the
    peer is gone. Needs a running event loop. Raises FrameError for another receiver.
    """

    def __init__(self, receiver: RTCRtpReceiver, take: Take, ended: Callable[[], None]) -> None:
        kind = receiver.track.kind if receiver.track else "nothing yet"
        if kind != "audio":
            raise FrameError(f"receiver: expected one that receives audio, got {kind}")
        self._receiver, self._take = receiver, take
        self._handle = receiver._handle_rtp_packet
        receiver._handle_rtp_packet = self._both  # type: ignore[method-assign]
        self._drain = asyncio.ensure_future(drained(receiver.track, ended))

    def close(self) -> None:
        """See no more packets; aiortc's sound is emptied until it ends."""
        if vars(self._receiver).get("_handle_rtp_packet") == self._both:
            del self._receiver._handle_rtp_packet

    async def _both(self, packet: RtpPacket, arrival_time_ms: int) -> None:
        self._take(understood(packet), time.monotonic())
        await self._handle(packet, arrival_time_ms=arrival_time_ms)


def understood(packet: RtpPacket) -> Packet | None:
    """What our jitter buffer takes; None for what is not Opus, or in pieces below 10 ms."""
    duration = 0 if packet.payload_type < STATIC else opus_duration(packet.payload)
    if not duration or duration % PIECE:
        return None
    level = packet.extensions.audio_level  # (voice, -dBov) by RFC 6464, where the sender says it
    return Packet(
        sequence=packet.sequence_number,
        timestamp=packet.timestamp,
        duration=duration,
        ssrc=packet.ssrc,
        payload=packet.payload,
        level_db=-float(level[1]) if level else None,
    )


async def drained(track: MediaStreamTrack, ended: Callable[[], None]) -> None:
    """Take everything from a track until it ends, then call `ended`."""
    try:
        while True:
            await track.recv()
    except MediaStreamError:
        pass
    finally:
        ended()


async def hang_up(peer: RTCPeerConnection) -> None:
    """Close a peer, and end the tracks that aiortc leaves open: of receivers that never received
    anything, for whose next frame somebody would wait for ever.
    """
    await peer.close()
    for receiver in peer.getReceivers():
        if receiver.track and receiver.track.readyState == "live":
            receiver.track._queue.put_nowait(None)  # type: ignore[attr-defined]  # its own class's


def receiver_of(peer: RTCPeerConnection, track: MediaStreamTrack) -> RTCRtpReceiver:
    """Who receives a track that a peer's "track" event told of. Raises FrameError for another."""
    for receiver in peer.getReceivers():
        if receiver.track is track:
            return receiver
    raise FrameError(f"track: expected one that this peer receives, got {track.id}")
