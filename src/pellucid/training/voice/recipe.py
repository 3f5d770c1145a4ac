"""A recipe for a voice network: every choice that makes it, in one small TOML file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pellucid.audio.wide import GAPS
from pellucid.errors import RecipeError
from pellucid.training.nets.denoise import DenoiseShape
from pellucid.training.reading import expect, fill, read_values, rising, within

TASK = "task"  # the key that tells a voice recipe from a picture's
SHARES = (
    "silent",
    "clean",
    "room",
    "equal",
    "music",
    "band",
    "codec",
    "clip",
    "drop",
    "noise",
    "hiss",
    "warp",
    "recorded",
    "comes",
    "drift",
    "made_up",
)
LIMITS = {
    "seed": (0, 2**32 - 1),
    "width": (1, 256),
    "narrow": (1, 256),
    "hidden": (1, 512),
    "blocks": (1, 16),
    "groups": (1, 256),
    "taps": (1, 16),
    "seconds": (0.5, 30),
    "missing": (0, 10_000),
    "quantile": (0.01, 0.99),
    "versions": (1, 100),
    "batch": (1, 4096),
    "steps": (0, 10**8),
    "learning_rate": (1e-9, 1),
    **dict.fromkeys(SHARES, (0, 1)),
}
SPANS = {"snr": (-30, 60), "level": (-60, 0)}


@dataclass(frozen=True)
class DenoiseRecipe:
    """What denoiser to train, on what, for how long. Raises RecipeError when a value cannot be.

    Network: see `DenoiseShape`. Data: mixtures of `seconds` at an SNR within `snr` dB, their root
    mean square within `level` dB of full scale. Shares of the mixtures: without speech (`silent`),
    without noise (`clean`), in a `room`, with an `equal`iser over speech or noise, with `music`
    for noise, of a narrow `band`, through a `codec`, that `clip`, that `drop` packets.
    Training: SOAP over batches of `batch` mixtures; an error of magnitude weighs 70, and so much
    more where it is voice that is `missing`.
    """

    name: str
    task: Literal["denoise"]
    seed: int
    width: int
    narrow: int
    hidden: int
    blocks: int
    groups: int
    taps: int
    seconds: float
    snr: tuple[float, float]
    level: tuple[float, float]
    silent: float
    clean: float
    room: float
    equal: float
    music: float
    band: float
    codec: float
    clip: float
    drop: float
    missing: float
    batch: int
    steps: int
    learning_rate: float

    def __post_init__(self) -> None:
        """Refuse what cannot train, by name."""
        within(self, LIMITS)
        rising(self, SPANS)
        check_name(self.name)
        expect(self.task == "denoise", TASK, "denoise", self.task)
        expect(self.width % self.groups == 0, "groups", f"a divisor of {self.width}", self.groups)

    @property
    def shape(self) -> DenoiseShape:
        """Of the network."""
        sizes = (self.width, self.narrow, self.hidden, self.blocks, self.groups, self.taps)
        return DenoiseShape(*sizes)


@dataclass(frozen=True)
class ExtendRecipe:
    """What extender to train, on what, for how long. Raises RecipeError when a value cannot be.

    Network: `hidden` units over the `gap`, one of `audio.wide.GAPS`. Data: pieces of `seconds`,
    their root mean square within `level` dB of full scale; shares with an `equal`iser, of `music`
    or noise in place of speech, whose low band went through a `codec`, over a microphone's `hiss`
    of the whole band, moved up or down as if another throat had said it (`warp`). Training: SOAP
    over batches of `batch` pieces towards a `quantile` of the levels, 0.5 being the median: what is
    too loud disturbs more than what is missing, and the less is known, the lower lies a low
    quantile.
    """

    name: str
    task: Literal["extend"]
    seed: int
    gap: str
    hidden: int
    seconds: float
    level: tuple[float, float]
    equal: float
    music: float
    codec: float
    hiss: float
    warp: float
    quantile: float
    batch: int
    steps: int
    learning_rate: float

    def __post_init__(self) -> None:
        """Refuse what cannot train, by name."""
        within(self, LIMITS)
        rising(self, {"level": SPANS["level"]})
        check_name(self.name)
        expect(self.task == "extend", TASK, "extend", self.task)
        expect(self.gap in GAPS, "gap", f"one of {', '.join(GAPS)}", self.gap)


@dataclass(frozen=True)
class ConcealRecipe:
    """What concealer to train, on what, for how long. Raises RecipeError when a value cannot be.

    Network: `hidden` units. Data: pieces of `seconds`, their root mean square within `level` dB of
    full scale; shares with an `equal`iser, of `music` in place of speech, with `noise` at an SNR
    within `snr` dB, whose losses were `recorded`; the other losses are drawn.
    """

    name: str
    task: Literal["conceal"]
    seed: int
    hidden: int
    seconds: float
    level: tuple[float, float]
    equal: float
    music: float
    noise: float
    snr: tuple[float, float]
    recorded: float
    batch: int
    steps: int
    learning_rate: float

    def __post_init__(self) -> None:
        """Refuse what cannot train, by name."""
        within(self, LIMITS)
        rising(self, SPANS)
        check_name(self.name)
        expect(self.task == "conceal", TASK, "conceal", self.task)


@dataclass(frozen=True)
class ClassifyRecipe:
    """What classifier to train, on what, for how long. Raises RecipeError when a value cannot be.

    Network: `hidden` units. Data: see `scenes`; of each recording `versions`, all but the first at
    a `speed` within bounds, shares of them in a `room` or through a `codec`; `without` those whose
    paths match: wrongly filed, or both music and noise. Pieces of `seconds`, shares of them with
    no, one and two `changes`, within `level` dB of full scale, speech within `snr` dB over noise
    and within `over` dB over music; shares with an `equal`iser a sound, of a narrow `band`, of
    noise that `comes` and goes, of sounds whose level `drift`s, of music and noises that are
    `made_up`.
    Training: SOAP over batches of `batch` pieces.
    """

    name: str
    task: Literal["classify"]
    seed: int
    hidden: int
    without: tuple[str, ...]
    versions: int
    speed: tuple[float, float]
    room: float
    codec: float
    seconds: float
    changes: tuple[float, float, float]
    level: tuple[float, float]
    snr: tuple[float, float]
    over: tuple[float, float]
    equal: float
    band: float
    comes: float
    drift: float
    made_up: float
    batch: int
    steps: int
    learning_rate: float

    def __post_init__(self) -> None:
        """Refuse what cannot train, by name."""
        within(self, LIMITS)
        rising(self, {**SPANS, "over": SPANS["snr"], "speed": (0.5, 2.0)})
        check_name(self.name)
        expect(self.task == "classify", TASK, "classify", self.task)
        sums = len(self.changes) == 3 and abs(sum(self.changes) - 1) < 1e-6
        texts = all(isinstance(one, str) for one in self.without)
        expect(texts, "without", "a list of patterns", self.without)
        expect(sums, "changes", "three shares that add up to 1", self.changes)


VoiceRecipe = DenoiseRecipe | ExtendRecipe | ConcealRecipe | ClassifyRecipe
KINDS: dict[str, type[VoiceRecipe]] = {
    "denoise": DenoiseRecipe,
    "extend": ExtendRecipe,
    "conceal": ConcealRecipe,
    "classify": ClassifyRecipe,
}


def check_name(name: str) -> None:
    """Raise RecipeError unless it can be a file's name anywhere."""
    expect(name.replace("-", "_").isidentifier(), "name", "plain words joined by -", name)


def read_voice_recipe(path: Path) -> VoiceRecipe:
    """Read a recipe. Raises RecipeError on an unknown key, a missing one or a wrong type."""
    values = read_values(path)
    task = values.get(TASK)
    if task not in KINDS:
        raise RecipeError(f"{path}: {TASK}: expected one of {', '.join(KINDS)}, got {task}")
    return fill(path, KINDS[task], values)


def is_voice(path: Path) -> bool:
    """Whether a recipe is for voices. Raises RecipeError when it cannot be read."""
    return TASK in read_values(path)
