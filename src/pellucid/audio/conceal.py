"""Conceals lost packets: what a voice would have been, from what came before.

Nothing is held back, unless 10 ms of look-ahead are asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from pellucid.audio.arrays import as_channels, fitted
from pellucid.audio.filler import Filler
from pellucid.audio.hopwise import HIGHEST, LOWEST, check_sound
from pellucid.audio.listen import Listener
from pellucid.audio.session import open_session
from pellucid.audio.stft import HOPS_A_SECOND
from pellucid.audio.voices import find_voice
from pellucid.errors import FrameError, StreamClosed
from pellucid.frames import AudioFrame, Samples
from pellucid.stream import Stage

KIND = "conceal"
PACKETS_MS = (10, 20, 40, 60)
TOGETHER = 500  # packets of a whole sound that are listened to at once


class Concealer(Stage["AudioFrame | None", AudioFrame]):
    """Gives a packet for each packet: the one that came, or, for None, one that goes on from what
    came before. Nothing is held back; the first 4 ms after a loss are faded in. Music is repeated
    and faded out, see `Filler`. A stream whose first packets are missing begins at time 0, in
    silence.

    look_ahead: everything comes 10 ms later, as the first frame is that much shorter and the rest
    comes with `flush`; what ends a gap then leads over to the packet that came, of which not a
    sample is changed.

    sample_rate: a multiple of 100 Hz from 8000 to 48000. packet_ms: 10, 20, 40 or 60. Raises
    FrameError for others, ArtifactError for a bad model. A push raises FrameError for a packet of
    another rate, length, number of channels or time, and for samples that are not finite or no
    sound; StreamClosed after `flush`.
    """

    def __init__(
        self,
        sample_rate: int,
        packet_ms: int = 20,
        channels: int = 1,
        model: str = "standard",
        look_ahead: bool = False,
    ) -> None:
        if sample_rate % HOPS_A_SECOND or not LOWEST <= sample_rate <= HIGHEST:
            raise FrameError(
                f"sample_rate: expected a multiple of {HOPS_A_SECOND} in {LOWEST}..{HIGHEST}, "
                f"got {sample_rate}"
            )
        if packet_ms not in PACKETS_MS:
            choices = ", ".join(map(str, PACKETS_MS))
            raise FrameError(f"packet_ms: expected one of {choices}, got {packet_ms}")
        if channels < 1:
            raise FrameError(f"channels: expected at least 1, got {channels}")
        session = open_session(find_voice(KIND, model), f"voice-{KIND}")
        self._rate, self._size = sample_rate, sample_rate * packet_ms // 1000
        self._hops = packet_ms * HOPS_A_SECOND // 1000
        self._fillers = [
            Filler(
                session.run, session.start(), sample_rate,
                listener=Listener(), ahead=look_ahead * self._size,
            )
            for _ in range(channels)
        ]  # fmt: skip
        self._late = sample_rate // HOPS_A_SECOND if look_ahead else 0
        self._next: int | None = None
        self._closed = False

    @property
    def latency(self) -> float:
        """Seconds: none, or 0.01 with a look-ahead."""
        return self._late / self._rate

    def push(self, packet: AudioFrame | None, /) -> Sequence[AudioFrame]:
        """Take a packet, or word that it is missing. Raises FrameError, StreamClosed."""
        if self._closed:
            raise StreamClosed("push() after flush(): build a new stage for a new stream")
        if packet is None:
            pts, samples = self._next or 0, self._lost(1)
        else:
            self._check(packet)
            pts, samples = packet.pts, self._came(packet.samples)
        before = 0 if self._next is None else self._late
        samples = samples[:, self._late - before :]  # what was before the beginning
        self._next = pts + self._size
        return [AudioFrame(samples, self._rate, pts - before)] if samples.size else []

    def _came(self, samples: Samples) -> Samples:
        """Whole packets, float32 (channels, T)."""
        pairs = zip(self._fillers, samples, strict=True)
        return np.stack([filler.came(row) for filler, row in pairs])

    def _lost(self, packets: int) -> Samples:
        return np.stack([filler.lost(packets * self._hops) for filler in self._fillers])

    def flush(self) -> Sequence[AudioFrame]:
        """End the stream: what is left of it, with a look-ahead 10 ms."""
        end, self._next, self._closed = self._next, None, True
        if end is None or not self._late:
            return []
        return [AudioFrame(self._rest(), self._rate, end - self._late)]

    def _rest(self) -> Samples:
        return np.stack([filler.rest() for filler in self._fillers])

    def _check(self, packet: AudioFrame) -> None:
        if not isinstance(packet, AudioFrame):
            name = type(packet).__qualname__
            raise FrameError(f"packet: expected an AudioFrame or None, got {name}")
        shape = (len(self._fillers), self._size)
        pts = packet.pts if self._next is None else self._next
        for name, got, expected in (
            ("sample_rate", packet.sample_rate, self._rate),
            ("packet", packet.samples.shape, shape),
            ("pts", packet.pts, pts),
        ):
            if got != expected:
                raise FrameError(f"{name}: the stream has {expected}, got {got}")
        check_sound(packet.samples)


def conceal(
    samples: Samples,
    sample_rate: int,
    lost: npt.NDArray[np.bool_],
    packet_ms: int = 20,
    model: str = "standard",
    look_ahead: bool = False,
) -> Samples:
    """Conceal what was lost of a whole sound.

    samples: float32 (T,) or (C, T), nominal range -1..1; what it holds in lost packets is ignored.
    lost: bool, one for each packet of `packet_ms`, the last of which may be short. look_ahead: what
    ends a gap may know of the packet that comes. Gives the same shape, nothing late. See
    `Concealer` for what is raised, and FrameError for another number of packets.
    """
    channels = as_channels(samples)
    stage = Concealer(sample_rate, packet_ms, len(channels), model, look_ahead)
    size = sample_rate * packet_ms // 1000
    packets = -(-channels.shape[1] // size)
    if np.shape(lost) != (packets,) or np.asarray(lost).dtype != np.bool_:
        raise FrameError(f"lost: expected {packets} booleans, got {np.shape(lost)}")
    padded = fitted(channels, packets * size)
    made = [channels[:, :0]]
    for start, end in _runs(np.asarray(lost)):
        if lost[start]:
            made.append(stage._lost(end - start))
        else:
            check_sound(padded[:, start * size : end * size])
            made.append(stage._came(padded[:, start * size : end * size]))
    made.append(stage._rest())
    whole = np.concatenate(made, axis=1)[:, stage._late :][:, : channels.shape[1]]
    return whole[0] if np.ndim(samples) == 1 else whole


def _runs(lost: npt.NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    """First packet and end of each run that came or was lost, none longer than `TOGETHER`."""
    edges = (
        set(np.flatnonzero(np.diff(lost)) + 1) | {0, lost.size} | set(range(0, lost.size, TOGETHER))
    )
    return pairwise(map(int, sorted(edges)))
