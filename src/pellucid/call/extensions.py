"""Two header extensions that browsers offer and aiortc does not know how to use.

    known = offered(sdp)                 of a browser's offer: what it numbers them
    sdp = answered(sdp, known)           our answer, which takes them
    mark(sender, known, tell, bounds)    writes them into a sender's packets

One numbers all packets, so that the browser tells when each came (`feedback.py`). The other bounds
how long it may hold a picture back: left to itself its buffer grows with each disturbance and takes
half a minute to shrink again.

Source: RFC 8285; draft-holmer-rmcat-transport-wide-cc-extensions-01; WebRTC's playout-delay.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from aiortc import RTCRtpSender
from aiortc.rtp import HeaderExtensions, HeaderExtensionsMap, pack_header_extensions
from aiortc.rtp import unpack_header_extensions as unpacked

from pellucid.call.feedback import Sent

NUMBER = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"
PLAYOUT = "http://www.webrtc.org/experiments/rtp-hdrext/playout-delay"
MAP = "_RTCRtpSender__rtp_header_extensions_map"  # aiortc's name for it
LINES = re.MULTILINE
SECTION = re.compile(r"(?=^m=)", LINES)
EXTENSION = re.compile(r"^a=extmap:(\d+)(?:/\w+)? (\S+)", LINES)
LARGEST = 14  # number that fits the short form of RFC 8285
STEP_MS = 10  # of the delays that a packet can carry, 12 bits each


@dataclass(frozen=True, slots=True)
class Known:
    """What the other side numbers the extensions of the video that it gets, 1 to 14; None: it has
    not got it.
    """

    number: int | None = None
    playout: int | None = None


def offered(sdp: str) -> Known:
    """What the first video of an offer has that comes back to who offers.

    Packets are numbered only where nothing goes the other way: a browser would number its own too,
    and as nobody tells it when these came, would send a fifth less each second.
    """
    for part in SECTION.split(sdp):
        if part.startswith("m=video") and re.search(r"^a=(recvonly|sendrecv)\r?$", part, LINES):
            ids = {uri: int(number) for number, uri in EXTENSION.findall(part)}
            short = {uri: number for uri, number in ids.items() if number <= LARGEST}
            one_way = "a=recvonly" in part
            return Known(short.get(NUMBER) if one_way else None, short.get(PLAYOUT))
    return Known()


def answered(sdp: str, known: Known) -> str:
    """An answer that takes them for the first video that it sends."""
    parts = SECTION.split(sdp)
    for place, part in enumerate(parts):
        if part.startswith("m=video") and re.search(r"^a=send(only|recv)\r?$", part, LINES):
            pairs = ((known.number, NUMBER), (known.playout, PLAYOUT))
            parts[place] += "".join(f"a=extmap:{one} {uri}\r\n" for one, uri in pairs if one)
            break
    return "".join(parts)


def mark(
    sender: RTCRtpSender,
    known: Known,
    tell: Callable[[float], None],
    bounds: Callable[[], tuple[int, int]],
) -> Sent:
    """Let a sender's packets carry them; once for a transport, and once it is the sender's.

    tell: is given bit/s that the way carries, whenever more is known. bounds: least and most
    milliseconds that a picture may be held back, multiples of 10, as of now.
    """
    sent, transport = Sent(tell), sender.transport
    send, handle = transport._send_rtp, transport._handle_rtcp_data

    async def send_rtp(data: bytes) -> None:
        sent.leaves(len(data), time.monotonic())
        await send(data)

    async def handle_rtcp_data(data: bytes) -> None:
        sent.hear(data)
        await handle(data)

    vars(sender)[MAP] = Marking(vars(sender)[MAP], known, sent.number, bounds)
    vars(transport).update(_send_rtp=send_rtp, _handle_rtcp_data=handle_rtcp_data)
    return sent


class Marking(HeaderExtensionsMap):
    """A sender's own map, and ours on top of it; number: gives the next packet's."""

    def __init__(
        self,
        own: HeaderExtensionsMap,
        known: Known,
        number: Callable[[], int],
        bounds: Callable[[], tuple[int, int]],
    ) -> None:
        super().__init__()
        self._own, self._known, self._number, self._bounds = own, known, number, bounds

    def configure(self, parameters: Any) -> None:
        """Passed on."""
        self._own.configure(parameters)

    def get(self, extension_profile: int, extension_value: bytes) -> HeaderExtensions:
        """Passed on."""
        return self._own.get(extension_profile, extension_value)

    def set(self, values: HeaderExtensions) -> tuple[int, bytes]:
        """What stands in a packet's header."""
        extensions = list(unpacked(*self._own.set(values)))
        if self._known.number:
            extensions.append((self._known.number, self._number().to_bytes(2, "big")))
        if self._known.playout:
            least, most = (bound // STEP_MS for bound in self._bounds())
            extensions.append((self._known.playout, (least << 12 | most).to_bytes(3, "big")))
        return pack_header_extensions(extensions)
