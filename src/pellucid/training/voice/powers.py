"""Powers of sounds, bin by bin and frame by frame, of which an extender's pieces are cut.

Worked out once: what happens to a piece on its way (a microphone's colour, a gain, a filter) is a
factor a bin. Only codecs need the samples, so each voice is coded once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pellucid.audio.activity import Powers, power_of
from pellucid.audio.wide import Gap
from pellucid.frames import Samples
from pellucid.training.voice.harm import low_pass, opus
from pellucid.training.voice.sounds import Sounds

BITS = 16_000  # a second, of the codec


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
    powers = [power_of(sound, gap.rate) for sound in (*sounds.music, *sounds.noise)]
    return tuple(Pair(power, power) for power in powers)


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
    return Pair(power_of(voice, gap.rate), power_of(coded, gap.rate))
