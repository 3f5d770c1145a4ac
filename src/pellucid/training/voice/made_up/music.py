"""Pieces of music: layers on one beat in one key, then what a studio does to them.

players, drums, machines ─▶ a studio's effects ─▶ mix ─▶ overdrive ─▶ compressor
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from pellucid.frames import Samples
from pellucid.training.voice.made_up import drums, layers, machines, studio
from pellucid.training.voice.made_up.notes import SCALES, Scale
from pellucid.training.voice.made_up.waves import (
    SIZE,
    Rng,
    Wave,
    at_one,
    coloured,
    levelled,
    rms,
)

BEAT = (0.3, 1.0)  # seconds
MOVED, DRIVEN = 0.2, 0.3  # shares of layers; as many pieces are driven, too
GATED, ECHOED, CUT_SHORT = 0.1, 0.2, 0.2  # shares of layers; the first is never cut
NOISY, SQUEEZED = 0.5, 0.5  # shares of pieces
NOISE_DB = (-40.0, -8.0)
SOFTEST_DB = -9.0  # of a layer
BUSY = (0.5, 2.0)  # times as many layers


def music(rng: Rng) -> Samples:
    """float32 (SIZE,), of a root mean square of 0.1."""
    beat, key = rng.uniform(*BEAT), 440 * 2 ** (rng.uniform(-24, -12) / 12)
    scale = SCALES[rng.integers(len(SCALES))]
    mixed: Wave = np.zeros(SIZE)
    for number, layer in enumerate(_drawn(rng)):
        made = _produced(rng, layer(rng, beat, key, scale), beat)
        if number and rng.random() < CUT_SHORT:
            made = studio.cut_short(rng, made, beat)
        mixed += made * 10 ** (rng.uniform(SOFTEST_DB, _LAYERS[layer][1]) / 20)
    if rng.random() < NOISY:
        mixed += rms(mixed) * coloured(rng) * 10 ** (rng.uniform(*NOISE_DB) / 20)
    mixed = studio.driven(rng, mixed) if rng.random() < DRIVEN else mixed
    return levelled(studio.squeezed(rng, mixed) if rng.random() < SQUEEZED else mixed)


def _drawn(rng: Rng) -> list[Layer]:
    """The layers of a piece, one of them more than chops and risers."""
    busy = rng.uniform(*BUSY)
    drawn = [layer for layer, (share, _) in _LAYERS.items() if rng.random() < busy * share]
    return drawn if set(drawn) - _NO_TUNE else [layers.tune, *drawn]


def _produced(rng: Rng, wave: Wave, beat: float) -> Wave:
    """A layer as it goes into the mix, at a root mean square of 1."""
    wave = studio.driven(rng, wave) if rng.random() < DRIVEN else wave
    wave = studio.moved(rng, wave) if rng.random() < MOVED else wave
    wave = studio.gated(rng, wave, beat) if rng.random() < GATED else wave
    return at_one(studio.echoed(rng, wave, beat) if rng.random() < ECHOED else wave)


def _drums(rng: Rng, beat: float, key: float, scale: Scale) -> Wave:
    del key, scale
    return drums.drums(rng, beat)


Layer = Callable[[Rng, float, float, Scale], Wave]
_LAYERS: dict[
    Layer, tuple[float, float]
] = {  # how often each is there, and how loud at most, in dB
    layers.chords: (0.35, 0.0),
    layers.tune: (0.35, 0.0),
    layers.bass: (0.45, 0.0),
    _drums: (0.7, 10.0),
    layers.pad: (0.25, 0.0),
    layers.riff: (0.2, 0.0),
    machines.lead: (0.3, 3.0),
    machines.chops: (0.25, 6.0),
    machines.riser: (0.12, -6.0),
}
_NO_TUNE = {machines.chops, machines.riser}  # what does not make music alone
