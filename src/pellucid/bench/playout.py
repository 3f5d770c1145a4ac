"""The playout protocol: the same packets through our jitter buffer and aiortc's, and what a
listener gets, 20 ms at a time.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from pellucid.bench.links import LINKS, PACKET, Arrivals
from pellucid.call.packets import CLOCK_RATE, Packet
from pellucid.call.playout import STEP, Playout
from pellucid.errors import MissingExtraError

OURS, PEER = "pellucid", "aiortc"
PHASE = 0.005  # seconds from sending to a tick of the listener's sound card
LATELY = 1.0  # seconds, for the delay at the end
CAPACITY, PREFETCH = 16, 4  # packets: what aiortc's RTCRtpReceiver gives its buffer for sound
FIRST = 2**16 - 100  # sequence number of the first packet, so that it wraps


class Listener(Protocol):
    """A jitter buffer and what stands behind it."""

    def push(self, number: int, arrived: float) -> None:
        """A packet arrives, the `number`-th that was sent."""

    def pull(self, now: float) -> tuple[int, ...]:
        """The packets that the next 20 ms are made of; none: it is missing."""


@dataclass(frozen=True)
class PlayoutRow:
    """One buffer on one link. Milliseconds: gaps while something was heard, the longest of them,
    and delays from sending to hearing: median, 95 % quantile, mean of the last second. lost:
    packets by the link; dropped: packets that came and were not heard; joined: pairs.
    """

    link: str
    method: str
    seed: int
    lost: int
    gaps: int
    longest: int
    dropped: int
    joined: int
    p50: float
    p95: float
    end: float


class OurListener:
    """`Playout`."""

    def __init__(self) -> None:
        self._playout = Playout()

    def push(self, number: int, arrived: float) -> None:
        """See Listener."""
        self._playout.push(_packet(number), arrived)

    def pull(self, now: float) -> tuple[int, ...]:
        """See Listener."""
        return tuple(int(packet.payload) for packet in self._playout.pull(now))


class AiortcListener:
    """aiortc's buffer and decoder, as its RTCRtpReceiver drives them: a packet goes in, at most one
    frame comes out, is decoded, and waits in the track's queue until somebody takes it.
    """

    def __init__(self, coded: Sequence[bytes]) -> None:
        try:
            from aiortc.codecs.opus import OpusDecoder
            from aiortc.jitterbuffer import JitterBuffer
        except ImportError as error:
            raise MissingExtraError('this needs: pip install "pellucid[call]"') from error
        self._buffer, self._decoder = JitterBuffer(CAPACITY, PREFETCH), OpusDecoder()
        self._coded = coded
        self._queue: deque[int] = deque()

    def push(self, number: int, arrived: float) -> None:
        """See Listener."""
        from aiortc.rtp import RtpPacket

        del arrived
        sequence = (FIRST + number) % 2**16
        packet: Any = RtpPacket(sequence_number=sequence, timestamp=number * STEP)
        packet._data = self._coded[number % len(self._coded)]
        _, ready = self._buffer.add(packet)
        if ready is not None:
            made = self._decoder.decode(ready)
            assert [frame.samples for frame in made] == [STEP]  # type: ignore[attr-defined]
            self._queue.append(ready.timestamp // STEP)

    def pull(self, now: float) -> tuple[int, ...]:
        """See Listener."""
        del now
        return (self._queue.popleft(),) if self._queue else ()


def measure(seconds: float, seeds: Sequence[int]) -> Iterator[PlayoutRow]:
    """A row for each link, buffer and seed. Raises MissingExtraError without aiortc."""
    coded = list(code(1.0))
    makers: dict[str, Callable[[], Listener]] = {
        OURS: OurListener,
        PEER: lambda: AiortcListener(coded),
    }
    for link, make_arrivals in LINKS.items():
        for seed in seeds:
            arrivals = make_arrivals(round(seconds / PACKET), seed)
            for method, make in makers.items():
                yield judge(link, method, seed, arrivals, listen(make(), arrivals))


def listen(listener: Listener, arrivals: Arrivals) -> list[tuple[float, tuple[int, ...]]]:
    """When each 20 ms were heard, and the packets they were made of, while packets are sent."""
    coming = deque(sorted((at, number) for number, at in enumerate(arrivals) if at is not None))
    heard = []
    for tick in range(len(arrivals)):
        now = PHASE + tick * PACKET
        while coming and coming[0][0] <= now:
            arrived, number = coming.popleft()
            listener.push(number, arrived)
        heard.append((now, listener.pull(now)))
    return heard


def judge(
    link: str,
    method: str,
    seed: int,
    arrivals: Arrivals,
    heard: Sequence[tuple[float, tuple[int, ...]]],
) -> PlayoutRow:
    """Count what a listener got. Packets younger than the last one heard are not missed."""
    first = next(tick for tick, (_, numbers) in enumerate(heard) if numbers)
    numbers = {number for _, some in heard for number in some}
    delays = np.array([now - some[-1] * PACKET for now, some in heard if some])
    missing = [not some for _, some in heard[first:]]
    came = [number for number, at in enumerate(arrivals) if at is not None]
    return PlayoutRow(
        link, method, seed,
        lost=sum(at is None for at in arrivals),
        gaps=_ms(sum(missing)),
        longest=_ms(_longest(missing)),
        dropped=len([number for number in came if number < max(numbers) and number not in numbers]),
        joined=sum(len(some) == 2 for _, some in heard),
        p50=1000 * float(np.median(delays)),
        p95=1000 * float(np.quantile(delays, 0.95)),
        end=1000 * float(delays[-round(LATELY / PACKET) :].mean()),
    )  # fmt: skip


def code(seconds: float) -> Iterator[bytes]:
    """A tone in Opus packets of 20 ms, by aiortc's coder. Raises MissingExtraError without it."""
    try:
        from aiortc.codecs.opus import OpusEncoder
    except ImportError as error:
        raise MissingExtraError('this needs: pip install "pellucid[call]"') from error
    import av

    coder = OpusEncoder()
    tone = np.sin(2 * np.pi * 200 * np.arange(round(seconds * CLOCK_RATE)) / CLOCK_RATE)
    for start in range(0, tone.size, STEP):
        samples = (8000 * tone[None, start : start + STEP]).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(samples, "s16", "mono")
        frame.sample_rate, frame.pts = CLOCK_RATE, start
        yield from coder.encode(frame)[0]


def _packet(number: int) -> Packet:
    return Packet((FIRST + number) % 2**16, number * STEP, payload=str(number).encode())


def _longest(missing: Sequence[bool]) -> int:
    best = now = 0
    for one in missing:
        now = now + 1 if one else 0
        best = max(best, now)
    return best


def _ms(packets: int) -> int:
    return round(1000 * PACKET * packets)
