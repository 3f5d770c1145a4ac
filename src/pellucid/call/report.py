"""What becomes of a caller's pictures and voice, since the last time that somebody asked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from aiortc import RTCPeerConnection

from pellucid.call.peer import Peer
from pellucid.call.pictures import VideoStats
from pellucid.call.voice import VoiceStats

MEDIA_LINE = re.compile(r"^m=(\w+) \d+ \S+ ([\d ]+)", re.MULTILINE)
Numbers = dict[str, object]


@dataclass
class Reporter:
    """Tells of one peer. `report` is for asking every half second or so."""

    peer: Peer
    _last: float = 0.0
    _video: VideoStats = field(default_factory=VideoStats)
    _heard: tuple[int, int] = (0, 0)  # pulls while the sender spoke, of these concealed
    _octets: dict[str, int] = field(default_factory=dict)

    async def report(self, seconds: float) -> Numbers:
        """As the page is told, `seconds` after the call began."""
        lasted, self._last = max(seconds - self._last, 1e-3), seconds
        rates = self._rates({**self._received(), **await self._sent()}, lasted)
        link = self.peer.impairment.stats
        return {
            "seconds": round(seconds, 3),
            "video": self._picture(rates, lasted),
            "voice": self._voice(rates),
            "link": {
                "packets": link.packets,
                "lost": link.lost,
                "dropped": link.dropped,
                "waiting_ms": round(link.waiting_ms, 1),
            },
        }

    def _picture(self, rates: Mapping[str, float], lasted: float) -> Numbers | None:
        if not self.peer.video:
            return None
        now, before = self.peer.video.stats, self._video
        self._video = now
        made = now.frames - before.frames
        came = made + now.replaced - before.replaced
        return {
            "fps_in": round(came / lasted, 1),
            "fps_out": round(made / lasted, 1),
            "width": now.width,
            "height": now.height,
            "kbps_in": rates["video_in"],
            "kbps_out": rates["video_out"],
            **self._sending(),
            "ms": round(1000 * (now.seconds - before.seconds) / made, 2) if made else 0.0,
            "reused": round(now.reused, 3),
            "late": now.late,
            "frames": now.frames,
            "replaced": now.replaced,
            "reason": now.reason,
            "reasons": dict(now.reasons),
            "ways": dict(now.ways),
        }

    def _sending(self) -> Numbers:
        """What may be sent, what was left out, and how many packets the browser said it got."""
        pictures = self.peer.pictures
        if not pictures:
            return {}
        came = pictures.sent.came if pictures.sent else 0
        allowed = round(pictures.rate.allowed / 1000)
        return {"kbps_allowed": allowed, "skipped": pictures.skipped, "came": came}

    def _voice(self, rates: Mapping[str, float]) -> Numbers | None:
        if not self.peer.audio:
            return None
        stats = self.peer.audio.stats
        playout = stats.playout
        return {
            "kbps_in": rates["audio_in"],
            "concealed": round(playout.concealed_share, 4),
            "concealed_now": round(self._concealed_now(stats), 4),
            "lost": playout.lost,
            "delay_ms": round(playout.delay_ms, 1),
            "target_ms": round(playout.target_ms, 1),
            "reason": stats.reason,
            "latency_ms": round(stats.latency_ms, 1),
        }

    def _concealed_now(self, stats: VoiceStats) -> float:
        playout = stats.playout
        now = (playout.concealed + playout.played - playout.joined, playout.concealed)
        heard, concealed = (one - other for one, other in zip(now, self._heard, strict=True))
        self._heard = now
        return concealed / heard if heard else 0.0

    def _received(self) -> dict[str, int]:
        counts = {"audio_in": 0, "video_in": 0}
        kinds = payload_kinds(self.peer.connection)
        for payload_type, octets in (self.peer.link.octets if self.peer.link else {}).items():
            name = f"{kinds.get(payload_type)}_in"
            counts[name] = counts.get(name, 0) + octets
        return counts

    async def _sent(self) -> dict[str, int]:
        counts = {"audio_out": 0, "video_out": 0}
        for sender in self.peer.connection.getSenders():
            for one in (await sender.getStats()).values():
                if one.type == "outbound-rtp":
                    counts[f"{sender.kind}_out"] += one.bytesSent
        return counts

    def _rates(self, octets: dict[str, int], lasted: float) -> dict[str, float]:
        """kbit/s by what it is, for octets so far."""
        before, self._octets = self._octets, octets
        return {
            name: round((count - before.get(name, 0)) * 8 / 1000 / lasted, 1)
            for name, count in octets.items()
        }


def payload_kinds(connection: RTCPeerConnection) -> dict[int, str]:
    """ "audio" or "video" by payload type, as was negotiated."""
    described = connection.localDescription
    lines = MEDIA_LINE.findall(described.sdp) if described else []
    return {int(number): kind for kind, numbers in lines for number in numbers.split()}
