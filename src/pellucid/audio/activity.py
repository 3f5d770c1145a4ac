"""How loud frames of 20 ms are, and from that alone: what is silent, and where a sound is active.

A pause counts as one from 0.2 s on: what is shorter belongs to the sound around it, as the gaps
inside of words do (ITU-T P.56 bridges the same).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pellucid.audio.labels import Label
from pellucid.audio.network_band import NETWORK_HOP, scale_of
from pellucid.audio.stft import Stft, hop_of
from pellucid.frames import Samples

Flags = npt.NDArray[np.bool_]
Levels = npt.NDArray[np.float32]
Powers = npt.NDArray[np.float32]

FULL = float(NETWORK_HOP**2)  # power of a window, all bins together, of a mean square of 1
SILENT_DB = -60.0  # of full scale: what is lower is silence
FRAME = 2  # hops
OFFSET = 2  # bins that a microphone's constant offset fills, which is no sound
PAUSE = 10  # frames
# How far below its own loud parts a sound still counts: lower, a voice is in a pause.
MARGIN_DB = {Label.SPEECH: 30.0, Label.MUSIC: 50.0, Label.NOISE: 50.0}
QUIET, LOUD = 5, 95  # percentiles of a sound's levels
LEAST = 1e-12


def power_of(samples: Samples, sample_rate: int) -> Powers:
    """(T,) to (n, bins), window by window, the last part of a hop left out."""
    hop = hop_of(sample_rate)
    spectra = Stft(sample_rate, 1).push(samples[None, : samples.size // hop * hop])[0]
    power: Powers = np.square(np.abs(spectra) * scale_of(sample_rate))
    return power


def level_db(power: Powers) -> Levels:
    """Power (2 n, ..., bins), hop by hop, to dB of full scale of each frame (n, ...).

    The window that ends with a frame holds just that.
    """
    level: Levels = 10 * np.log10(power[1::FRAME, ..., OFFSET:].sum(-1) / FULL + LEAST)
    return level


def silent(levels: Levels) -> Flags:
    """Levels (n,) to where they are silent."""
    return ~bridged(levels >= SILENT_DB)


def active(levels: Levels, label: Label) -> Flags:
    """Where a sound of that label is within `MARGIN_DB` of its own loud parts, pauses apart.

    The room of a voice may be louder than that margin: its level also has to be a third of the way
    from the quiet parts to the loud ones.
    """
    quiet, loud = np.percentile(levels, (QUIET, LOUD))
    least = loud - MARGIN_DB[label]
    if label == Label.SPEECH:
        least = max(least, quiet + (loud - quiet) / 3)
    return bridged(levels > least)


def bridged(flags: Flags) -> Flags:
    """The same, where less than `PAUSE` frames between two that are set are set too."""
    places, made = np.flatnonzero(flags), flags.copy()
    gaps = np.diff(places)
    for gap in np.flatnonzero((gaps > 1) & (gaps <= PAUSE)):
        made[places[gap] : places[gap + 1]] = True
    return made
