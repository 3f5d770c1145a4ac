"""Fills the gaps of one channel, hop by hop, from what came before; from a hop after, if wished.

    what came ─▶ window ─▶ frame ─▶ network (listens) ─▶ state
    nothing ──▶ its linear prediction ─▶ window ─▶ frame ─▶ network ─▶ bands thinned, noise put in
                                                        ─▶ overlap and add ─▶ what is heard

The first lost hop begins as a pure prediction and the first hop that comes again fades in over
4 ms, so that no sample jumps. As a prediction dies away, the noise of the room comes up. With a hop
of delay, the last lost hop leads over to what comes next: to that predicted, backwards.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from pellucid.audio.bands import BINS
from pellucid.audio.extrapolate import HISTORY, Extrapolation, Guess
from pellucid.audio.floor import NoiseFloor
from pellucid.audio.labels import Label
from pellucid.audio.listen import Listener
from pellucid.audio.network_band import scale_of, to_frames, to_spectra
from pellucid.audio.periods import LONGEST, find_period
from pellucid.audio.session import Array
from pellucid.audio.stft import hop_of, window_of
from pellucid.audio.wide import OVERLAP
from pellucid.frames import Samples

Bins = npt.NDArray[np.complex64]


class Fade(NamedTuple):
    """How a sound sinks into the noise of a room: from `start` to `end` in hops since the loss."""

    start: int
    end: int


FADED = Fade(3, 30)  # most of it has died away by itself before: docs/sound.md
Network = Callable[[Array, Array], tuple[Array, Array]]  # as `Session.run`

ROWS = 5  # of a frame
GUESS, NOISE, TOLD = slice(0, 2), slice(2, 4), 4  # both complex; what is known of the gap
COUNTED = 20.0  # hops, as 1
BACK = 0.004  # seconds over which what came again is faded in: docs/sound.md


class Filler:
    """One channel at one rate. network, state: see `Session`. faded: how what it makes sinks.
    listener: with one, music is only predicted, because a network that learned from voices makes
    noise of it.
    ahead: samples of what comes after a gap that are looked at; then all is heard a hop late.
    guess: how a sound of a rate goes on.
    """

    def __init__(
        self,
        network: Network,
        state: Array,
        sample_rate: int,
        faded: Fade = FADED,
        listener: Listener | None = None,
        ahead: int = 0,
        guess: Callable[[Samples, int], Guess] = Extrapolation,
    ) -> None:
        self._network, self._state, self._faded = network, state, faded
        self._rate, self._hop = sample_rate, hop_of(sample_rate)
        self._ahead, self._late = ahead, self._hop if ahead else 0
        self._going_on = guess
        self._scale = scale_of(sample_rate)
        self._window = window_of(sample_rate)
        self._past: Samples = np.zeros(round(HISTORY * sample_rate), np.float32)
        self._floor = NoiseFloor(self._hop + 1)
        self._random = np.random.default_rng(0)
        self._since = 0  # hops that were lost in a row
        self._listener, self._label = listener, int(Label.SILENCE)
        if listener:
            listener.begin(sample_rate, 1)

    def came(self, hops: Samples) -> Samples:
        """float32 (n * hop,) that came, and how they are heard: the same, faded in after a loss."""
        heard = hops
        if self._since and self._ahead:
            self._lead_to(hops)
        elif self._since:
            heard = self._faded_in(hops)
        self._since = 0
        spectra = self._spectra(np.concatenate([self._past[-self._hop :], heard]))
        self._floor.push(np.square(np.abs(spectra)))
        if self._listener:
            self._label = int(self._listener.push(spectra[None])[-1])
        _, self._state = self._network(self._frames(spectra), self._state)
        return self._remember(heard)

    def lost(self, hops: int) -> Samples:
        """What is heard in place of hops that did not come, float32 (hops * hop,)."""
        return np.concatenate([self._fill() for _ in range(hops)])

    def rest(self) -> Samples:
        """What is still to be heard: with a look ahead, the last hop, float32 (hop,)."""
        return self._past[self._past.size - self._late :]

    def _fill(self) -> Samples:
        """One hop."""
        if not self._since:
            self._guess = self._going_on(self._past, self._rate)
            self._period, self._likeness = find_period(self._past, self._rate)
            self._next = self._guess.take(self._hop)
            self._tail = self._next * self._window[self._hop :] ** 2
        self._since += 1
        now, self._next = self._next, self._guess.take(self._hop)
        guess = self._spectra(np.concatenate([now, self._next]))
        turns = self._random.random(guess.shape, np.float32)
        noise = (OVERLAP * np.exp(2j * np.pi * turns)).astype(np.complex64)
        network = as_guessed if self._label == Label.MUSIC else self._network
        made, self._state = network(self._told(guess, noise), self._state)
        self._share = np.float32(share_of(self._since, self._faded))
        spectra = self._share * to_spectra(made, guess, self._scale) + self._room(guess) * noise
        piece = np.fft.irfft(spectra)[0].astype(np.float32) * self._window
        heard: Samples = self._tail + piece[: self._hop]
        self._tail = piece[self._hop :]
        return self._remember(heard)

    def _faded_in(self, hops: Samples) -> Samples:
        """What came, from what would have gone on."""
        risen = rise(round(BACK * self._rate))
        on = self._tail + self._share * self._next * self._window[: self._hop] ** 2
        faded = hops.copy()
        faded[: risen.size] = on[: risen.size] * (1 - risen) + hops[: risen.size] * risen
        return faded

    def _lead_to(self, hops: Samples) -> None:
        """Let the last hop, which nobody has heard yet, go over to what comes."""
        back = self._going_on(hops[: self._ahead][::-1], self._rate)
        before = back.take(self._hop)[::-1]
        risen = rise(self._hop)
        self._past[-self._hop :] = self._past[-self._hop :] * (1 - risen) + before * risen

    def _spectra(self, samples: Samples) -> Bins:
        """(n + 1) hops to complex64 (n, hop + 1)."""
        hops = samples.reshape(-1, self._hop)
        windows = np.concatenate([hops[:-1], hops[1:]], axis=1) * self._window
        return np.fft.rfft(windows, axis=1).astype(np.complex64)

    def _frames(self, spectra: Bins) -> Array:
        """As the network takes them: float32 (n, ROWS, BINS), no noise, nothing told."""
        frames = np.zeros((len(spectra), ROWS, BINS), np.float32)
        frames[:, GUESS] = to_frames(spectra, self._scale)
        return frames

    def _told(self, spectra: Bins, noise: Bins) -> Array:
        """A frame of a guess, with noise, and what is known of the gap."""
        frames = self._frames(spectra)
        frames[:, NOISE] = to_frames(noise, np.float32(1))
        lag = self._period / self._rate
        told = (1, self._since / COUNTED, self._likeness, lag / LONGEST)
        frames[:, TOLD, : len(told)] = told
        return frames

    def _room(self, guess: Bins) -> Array:
        """What the noise of the room still lacks beside a guess that sank, float32 (1, hop + 1)."""
        lacking = self._floor.power - np.square(np.abs(self._share * guess))
        room: Array = np.sqrt(np.maximum(lacking, 0))
        return room

    def _remember(self, heard: Samples) -> Samples:
        """What is heard now: with a look ahead, a hop late."""
        both, size = np.concatenate([self._past, heard]), self._past.size
        self._past = both[-size:]
        now: Samples = both[size - self._late : both.size - self._late]
        return now


def share_of(since: int, faded: Fade) -> float:
    """Of what is made for the hop of that number in a gap; the rest is noise."""
    return float(np.clip((faded.end - since) / (faded.end - faded.start), 0, 1))


def rise(size: int) -> Samples:
    """From 0 to 1 as softly as it goes."""
    made: Samples = np.sin(np.pi / 2 * (np.arange(size) + 0.5) / size).astype(np.float32) ** 2
    return made


def as_guessed(frames: Array, state: Array) -> tuple[Array, Array]:
    """In place of a network: the guess as it is. For music, and to be compared with."""
    return frames[:, GUESS], state
