"""Powers of sounds, bin by bin and frame by frame, of which an extender's pieces are cut.

Worked out once: what happens to a piece on its way (a microphone's colour, a gain, a filter) is a
factor a bin. Only codecs need the samples, so each voice is coded once.

Recordings that Opus coded end at its 20 kHz (RFC 6716, table 1). Above it lies what no microphone
ever gave: nothing. What lies below that edge is mirrored into it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pellucid.audio.activity import Powers, power_of
from pellucid.audio.stft import BIN_HZ
from pellucid.audio.wide import Gap
from pellucid.frames import Samples
from pellucid.training.voice.harm import low_pass, opus
from pellucid.training.voice.sounds import Sounds

BITS = 16_000  # a second, of the codec
OPUS_EDGE = round(19_800 / BIN_HZ)  # a bin
STEEP = 1e-2  # of the power on its near side, what is left on the far side of a codec's edge
THROATS = (0.87, 1.15)  # times as high


@dataclass(frozen=True, eq=False)
class Pair:
    """Powers of a sound and of what came through a codec, float32 (n, bins)."""

    whole: Powers
    coded: Powers


def speech_pairs(sounds: Sounds, gap: Gap) -> tuple[Pair, ...]:
    """Each voice, and the same through Opus below the gap."""
    return tuple(_pair(voice, gap) for voice in sounds.speech)


def other_pairs(sounds: Sounds, gap: Gap) -> tuple[Pair, ...]:
    """Music and noise, which no codec went over."""
    powers = [continued(power_of(sound, gap.rate)) for sound in (*sounds.music, *sounds.noise)]
    return tuple(Pair(power, power) for power in powers)


def continued(power: Powers) -> Powers:
    """Powers (n, bins) of a sound without the end that Opus gave it; others as they are."""
    missing = power.shape[1] - OPUS_EDGE
    if missing <= 0 or not len(power):
        return power
    near, far = power[:, OPUS_EDGE - missing // 4 : OPUS_EDGE], power[:, -missing // 2 :]
    if far.mean() > STEEP * near.mean():
        return power
    made = power.copy()
    made[:, OPUS_EDGE:] = power[:, OPUS_EDGE - missing : OPUS_EDGE][:, ::-1]
    return made


def warped(rng: np.random.Generator, pair: Pair) -> Pair:
    """As if a longer or a shorter throat had said it: bins moved up or down by one factor."""
    bins = np.arange(pair.whole.shape[1])
    source = np.minimum(np.rint(bins / rng.uniform(*THROATS)).astype(int), bins[-1])
    return Pair(pair.whole[:, source], pair.coded[:, source])


def cut(rng: np.random.Generator, pairs: Sequence[Pair], frames: int) -> Pair:
    """So many frames of one sound, or of several in a row where one is too short."""
    chosen = [pairs[int(rng.integers(len(pairs)))]]
    while sum(len(pair.whole) for pair in chosen) < frames:
        chosen.append(pairs[int(rng.integers(len(pairs)))])
    whole = np.concatenate([pair.whole for pair in chosen])
    coded = np.concatenate([pair.coded for pair in chosen])
    start = int(rng.integers(len(whole) - frames + 1))
    return Pair(whole[start : start + frames], coded[start : start + frames])


def _pair(voice: Samples, gap: Gap) -> Pair:
    narrow = low_pass(voice, gap.rate, gap.edge_hz)
    coded = low_pass(opus(narrow, gap.rate, BITS), gap.rate, gap.edge_hz)
    return Pair(continued(power_of(voice, gap.rate)), power_of(coded, gap.rate))
