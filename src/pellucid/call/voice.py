"""Packets of a voice in, 20 ms of sound out, on time: jitter buffer, decoder, concealer, clearer.

packets ─▶ Playout ─▶ Opus ─▶ Concealer ─▶ (Clearer) ─▶ 20 ms at 48 kHz
              └── missing ──────▲
                          └─▶ as it came ─▶ (instead, for who wants to hear the difference)
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import av
import numpy as np

from pellucid.audio.clear import Clearer
from pellucid.audio.conceal import Concealer
from pellucid.call.packets import CLOCK_RATE, Packet
from pellucid.call.playout import STEP, STEP_S, Playout, PlayoutStats
from pellucid.errors import FrameError
from pellucid.frames import AudioFrame, Samples

PIECE_MS = 10  # what packets of any length are made of, for the concealer
PIECE = PIECE_MS * CLOCK_RATE // 1000
LAYOUTS = {1: "mono", 2: "stereo"}
PATIENCE = 10  # pulls in a row that take longer than they last, until there is no clearing
OK, WAITING, OVER_BUDGET = "ok", "waiting", "over_budget"


@dataclass(frozen=True, slots=True)
class VoiceStats:
    """What became of a voice so far.

    playout: see there; its `concealed_share` and `delay_ms` are what a listener notices. ignored:
    packets that are not Opus. undecodable: packets that the decoder refused, concealed too. late:
    pulls that took longer than 20 ms. reason: "waiting" for the first packet, "over_budget" where
    the voice is no longer cleared because there was no time, else "ok". latency_ms: of clearing.
    """

    playout: PlayoutStats
    ignored: int = 0
    undecodable: int = 0
    late: int = 0
    reason: str = WAITING
    latency_ms: float = 0.0


class Voice:
    """One voice of a call. `push` and `pull` may be called from two threads.

    enhancing: set it to False to hear, from the next packet on and at the same times, what came:
    nothing is cleared, and what is lost is silent. All is computed either way.

    steps: what a `Clearer` does to it, in 29 ms more: "denoise", "extend", both or none. channels:
    1 or 2 to decode to. clock: seconds, to know when there is no time for clearing. Raises
    FrameError for other steps or channels, ArtifactError for a bad model.
    """

    def __init__(
        self,
        steps: Sequence[str] = (),
        channels: int = 1,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        if channels not in LAYOUTS:
            raise FrameError(f"channels: expected 1 or 2, got {channels}")
        self._concealer = Concealer(CLOCK_RATE, PIECE_MS, channels)
        self._clearer = Clearer(steps) if steps else None
        self._decoder = OpusDecoder(channels)
        self._playout, self._lock, self._clock = Playout(), threading.Lock(), clock
        self.enhancing = True
        self._choice = Choice(channels)
        self._ready: Samples = np.zeros((channels, 0), np.float32)
        self._pts = self._next = 0  # of the frame that is given, of the piece that is concealed
        self._ignored = self._undecodable = self._late = self._late_in_a_row = 0
        self._reason = OK

    def push(self, packet: Packet | None, arrived: float) -> None:
        """Take a packet that came at `arrived` seconds; None: one that is not understood."""
        with self._lock:
            if packet is None:
                self._ignored += 1
            else:
                self._playout.push(packet, arrived)

    def pull(self, now: float) -> AudioFrame:
        """The sound of the next 20 ms, float32 (channels, 960), heard at `now` seconds."""
        start = self._clock()
        while self._ready.shape[1] < STEP:
            self._ready = np.concatenate([self._ready, *self._more(now)], axis=1)
        frame = AudioFrame(self._ready[:, :STEP], CLOCK_RATE, self._pts)
        self._ready, self._pts = self._ready[:, STEP:], frame.end_pts
        self._guard(self._clock() - start)
        return frame

    @property
    def stats(self) -> VoiceStats:
        """As of now."""
        with self._lock:
            playout, ignored = self._playout.stats, self._ignored
        waiting = not playout.played and self._reason == OK
        clearer = self._clearer
        return VoiceStats(
            playout, ignored, self._undecodable, self._late,
            WAITING if waiting else self._reason, 1000 * clearer.latency if clearer else 0.0,
        )  # fmt: skip

    def _more(self, now: float) -> Iterator[Samples]:
        """What the next pull of the jitter buffer gives, concealed and cleared."""
        with self._lock:
            chosen = self._playout.pull(now)
        for piece in self._pieces(chosen):
            (frame,) = self._concealer.push(piece)
            self._next = frame.end_pts
            self._choice.came(piece.samples if piece else np.zeros_like(frame.samples))
            for made in self._clearer.push(frame) if self._clearer else (frame,):
                yield self._choice.of(made.samples, self.enhancing)

    def _pieces(self, chosen: Sequence[Packet]) -> Iterator[AudioFrame | None]:
        """Frames of 10 ms, or word that they are missing."""
        decoded = [self._decoded(packet) for packet in chosen]
        duration = chosen[-1].duration if chosen else STEP
        known = [samples for samples in decoded if samples is not None]
        sound = _joined(known) if known else None
        for start in range(0, duration, PIECE):
            if sound is None:
                yield None
            else:
                yield AudioFrame(sound[:, start : start + PIECE], CLOCK_RATE, self._next)

    def _decoded(self, packet: Packet) -> Samples | None:
        samples = self._decoder.decode(packet)
        self._undecodable += samples is None
        return samples

    def _guard(self, took: float) -> None:
        """Where clearing is too slow for this machine, the voice goes on without it."""
        self._late += took > STEP_S
        self._late_in_a_row = self._late_in_a_row + 1 if took > STEP_S else 0
        if self._clearer and self._late_in_a_row >= PATIENCE:
            flushed = self._clearer.flush()
            rest = [self._choice.of(frame.samples, self.enhancing) for frame in flushed]
            self._ready = np.concatenate([self._ready, *rest], axis=1)
            self._clearer, self._reason = None, OVER_BUDGET


class Choice:
    """Which of two sounds is heard: as it came, or what was made of it, which comes later."""

    def __init__(self, channels: int) -> None:
        self._came: Samples = np.zeros((channels, 0), np.float32)
        self._share = 1.0  # of what was made, where the last piece ended

    def came(self, samples: Samples) -> None:
        """Take what something will be made of."""
        self._came = np.concatenate([self._came, samples], axis=1)

    def of(self, made: Samples, enhanced: bool) -> Samples:
        """`made`, or what it was made of; where that changes, one is faded into the other."""
        length = made.shape[1]
        plain, self._came = self._came[:, :length], self._came[:, length:]
        before, self._share = self._share, float(enhanced)
        if before == self._share:
            return made if enhanced else plain
        share = np.linspace(before, self._share, length).astype(np.float32)
        mixed: Samples = plain + (made - plain) * share
        return mixed


class OpusDecoder:
    """Opus to float32 at 48 kHz; another source gets a decoder of its own."""

    def __init__(self, channels: int) -> None:
        self._channels = channels
        self._ssrc: int | None = None

    def decode(self, packet: Packet) -> Samples | None:
        """float32 (channels, duration), or None where it cannot be decoded."""
        if packet.ssrc != self._ssrc:
            self._ssrc, self._context = packet.ssrc, _opus(self._channels)
        try:
            frames = self._context.decode(av.Packet(packet.payload))
        except av.FFmpegError:
            return None
        if not frames:
            return None
        packed = np.concatenate([frame.to_ndarray() for frame in frames], axis=1)  # (1, T * C)
        if packed.size != packet.duration * self._channels:
            return None
        samples: Samples = (packed.reshape(-1, self._channels).T / 2**15).astype(np.float32)
        return samples


def _opus(channels: int) -> av.AudioCodecContext:
    context = av.AudioCodecContext.create("libopus", "r")
    context.sample_rate, context.layout, context.format = CLOCK_RATE, LAYOUTS[channels], "s16"
    return context


def _joined(sounds: Sequence[Samples]) -> Samples:
    """One sound as it is; two of one length, the first faded into the second."""
    if len(sounds) == 1:
        return sounds[0]
    rising = np.linspace(0, 1, sounds[0].shape[1]).astype(np.float32)
    return sounds[0] + (sounds[1] - sounds[0]) * rising
