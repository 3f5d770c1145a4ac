"""What one caller may ask of a server, and how many callers there may be."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from pellucid.errors import CallError


@dataclass(frozen=True, slots=True)
class Limits:
    """peers: calls at once. message_bytes: of a message on the socket. messages_per_s: of these.
    sdp_bytes: of an offer; tracks: that it may carry, there and back. largest: width and height, of
    whose product a picture may have pixels to be enlarged. rate_kbps: of what a caller sends.
    connect_s: until a call must be connected, from the offer on.
    """

    peers: int = 16
    message_bytes: int = 65_536
    messages_per_s: int = 50
    sdp_bytes: int = 32_768
    tracks: int = 3
    largest: tuple[int, int] = (1280, 720)
    rate_kbps: float = 8_000.0
    connect_s: float = 20.0

    def check_message(self, text: str) -> None:
        """Raises CallError for a message that is too long."""
        if len(text.encode()) > self.message_bytes:
            most = self.message_bytes
            raise CallError(f"A message may have at most {most} bytes.", "message_too_large")

    def check_offer(self, sdp: object) -> str:
        """An offer's SDP. Raises CallError for one that is too long, has too much, or is none."""
        if not isinstance(sdp, str) or not sdp.startswith("v=0"):
            raise CallError("An offer needs an SDP, which begins with v=0.", "malformed_sdp")
        if len(sdp.encode()) > self.sdp_bytes:
            raise CallError(f"An SDP may have at most {self.sdp_bytes} bytes.", "malformed_sdp")
        if not 1 <= sdp.count("\nm=") <= self.tracks:
            raise CallError(f"A call has 1 to {self.tracks} tracks.", "malformed_sdp")
        return sdp


@dataclass
class Pace:
    """Counts what comes within a second."""

    most: int
    _times: deque[float] = field(default_factory=deque)

    def count(self, now: float) -> None:
        """One more, at `now` seconds. Raises CallError where that is too many."""
        while self._times and now - self._times[0] >= 1:
            self._times.popleft()
        self._times.append(now)
        if len(self._times) > self.most:
            raise CallError(f"At most {self.most} messages a second.", "too_many_messages")
