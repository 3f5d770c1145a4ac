"""Fills the gaps of one channel, hop by hop, from nothing but what came before.

    what came ─▶ window ─▶ frame ─▶ network (listens) ─▶ state
    nothing ──▶ its last periods repeated ─▶ window ─▶ frame ─▶ network ─▶ harmonics thinned, noise
                                                        put in ─▶ overlap and add ─▶ what is heard

The first lost hop begins as a pure repetition and the first hop that comes again fades in over the
last window, so that no sample jumps. A long gap sinks into the noise of the room.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from pellucid.audio.bands import BINS
from pellucid.audio.extrapolate import HISTORY, LONGEST, Extrapolation
from pellucid.audio.floor import NoiseFloor
from pellucid.audio.labels import Label
from pellucid.audio.listen import Listener
from pellucid.audio.network_band import scale_of, to_frames, to_spectra
from pellucid.audio.session import Array
from pellucid.audio.stft import hop_of, window_of
from pellucid.audio.wide import OVERLAP
from pellucid.frames import Samples

Bins = npt.NDArray[np.complex64]
Network = Callable[[Array, Array], tuple[Array, Array]]  # as `Session.run`

ROWS = 5  # of a frame
GUESS, NOISE, TOLD = slice(0, 2), slice(2, 4), 4  # both complex; what is known of the gap
COUNTED = 20.0  # hops, as 1
Fade = tuple[int, int]  # hops since the loss: where the sound begins to sink, where it has sunk
FADED: Fade = (1, 6)  # of what a network makes: docs/sound.md
REPEATED: Fade = (6, 16)  # of a bare repetition


class Filler:
    """One channel at one rate. network, state: see `Session`. faded: how what it makes sinks.
    listener: with one, music is only repeated and faded, because a network that learned from
    voices makes noise of it.
    """

    def __init__(
        self,
        network: Network,
        state: Array,
        sample_rate: int,
        faded: Fade = FADED,
        listener: Listener | None = None,
    ) -> None:
        self._network, self._state, self._faded = network, state, faded
        self._rate, self._hop = sample_rate, hop_of(sample_rate)
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
        if self._since:
            heard = hops.copy()
            heard[: self._hop] = self._tail + hops[: self._hop] * self._window[: self._hop] ** 2
            self._since = 0
        spectra = self._spectra(np.concatenate([self._past[-self._hop :], heard]))
        self._floor.push(np.square(np.abs(spectra)))
        if self._listener:
            self._label = int(self._listener.push(spectra[None])[-1])
        _, self._state = self._network(self._frames(spectra), self._state)
        self._remember(heard)
        return heard

    def lost(self, hops: int) -> Samples:
        """What is heard in place of hops that did not come, float32 (hops * hop,)."""
        return np.concatenate([self._fill() for _ in range(hops)])

    def _fill(self) -> Samples:
        """One hop."""
        if not self._since:
            self._guess = Extrapolation(self._past, self._rate)
            self._next = self._guess.take(self._hop)
            self._tail = self._next * self._window[self._hop :] ** 2
        self._since += 1
        now, self._next = self._next, self._guess.take(self._hop)
        guess = self._spectra(np.concatenate([now, self._next]))
        turns = self._random.random(guess.shape, np.float32)
        noise = (OVERLAP * np.exp(2j * np.pi * turns)).astype(np.complex64)
        music = self._label == Label.MUSIC
        network, faded = (repeat, REPEATED) if music else (self._network, self._faded)
        made, self._state = network(self._told(guess, noise), self._state)
        spectra = self._sunk(
            to_spectra(made, guess, self._scale), noise, share_of(self._since, faded)
        )
        piece = np.fft.irfft(spectra)[0].astype(np.float32) * self._window
        heard: Samples = self._tail + piece[: self._hop]
        self._tail = piece[self._hop :]
        self._remember(heard)
        return heard

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
        told = (1, self._since / COUNTED, self._guess.likeness, self._guess.lag / LONGEST)
        frames[:, TOLD, : len(told)] = told
        return frames

    def _sunk(self, spectra: Bins, noise: Bins, share: float) -> Bins:
        """All but a share sunk into the noise of the room."""
        room = np.sqrt(self._floor.power * (1 - share**2)) * noise
        sunk: Bins = (share * spectra + room).astype(np.complex64)
        return sunk

    def _remember(self, heard: Samples) -> None:
        self._past = np.concatenate([self._past, heard])[-self._past.size :]


def share_of(since: int, faded: Fade) -> float:
    """Of what is made for the hop of that number in a gap; the rest is the room's noise."""
    return float(np.clip((faded[1] - since) / (faded[1] - faded[0]), 0, 1))


def repeat(frames: Array, state: Array) -> tuple[Array, Array]:
    """In place of a network: the guess as it is. For music, and to be compared with."""
    return frames[:, GUESS], state
