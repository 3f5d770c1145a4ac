"""The loss protocol: voices with packets missing, concealed by every method, by kind of loss."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pellucid.audio.conceal import conceal
from pellucid.audio.files import read_sound
from pellucid.bench.conceal_peers import repeated, zeros
from pellucid.bench.conceal_scores import score
from pellucid.bench.masks import BURSTS, PACKET_MS, Lost, only, read_masks
from pellucid.bench.voice_items import sounds_of
from pellucid.errors import MediaError
from pellucid.frames import Samples

SECONDS = 10
LEVEL = 0.05  # root mean square of a voice, full scale being 1
OURS, AHEAD = "pellucid", "pellucid, 10 ms ahead"

# float32 (T,), its rate, and what is lost of it, to the same shape.
Conceal = Callable[[Samples, int, Lost], Samples]


@dataclass(frozen=True)
class LossMethod:
    """A way to conceal, by name."""

    name: str
    conceal: Conceal


@dataclass(frozen=True, eq=False)
class LossItem:
    """One voice and what is lost of it; losses: the kind. whole: float32 (T,) at `sample_rate`."""

    speaker: str
    losses: str
    sample_rate: int
    whole: Samples
    lost: Lost


@dataclass(frozen=True)
class LossRow:
    """One method on one item. share: of the packets, lost. rtf: of one thread, whole voice."""

    method: str
    speaker: str
    losses: str
    share: float
    rtf: float
    scores: dict[str, float]


def ours(samples: Samples, sample_rate: int, lost: Lost) -> Samples:
    """The shipped concealer."""
    return conceal(samples, sample_rate, lost, PACKET_MS)


def ahead(samples: Samples, sample_rate: int, lost: Lost) -> Samples:
    """The same with its look-ahead."""
    return conceal(samples, sample_rate, lost, PACKET_MS, look_ahead=True)


FLOORS = (LossMethod("zeros", zeros), LossMethod("repeat and fade", repeated))


def items(
    speech: Path, masks: Sequence[Path], count: int, sample_rate: int, seed: int = 1
) -> Iterator[LossItem]:
    """`count` items of each file or folder of masks, and half as many of each class of bursts of
    the first; voices take turns. The same for the same files.

    Raises MediaError for a folder without sound and for masks without losses.
    """
    voices, rng = sounds_of(speech), np.random.default_rng(seed)
    for number, path in enumerate(masks):
        found = [mask for mask in read_masks([path]) if mask.any()]
        if not found:
            raise MediaError(f"{path}: holds no mask with a loss")
        yield from _items(rng, voices, found, path.stem, count, sample_rate)
        for name, sizes in BURSTS.items() if number == 0 else ():
            some = [mask for mask in (only(mask, *sizes) for mask in found) if mask.any()]
            yield from _items(rng, voices, some, name, -(-count // 2) if some else 0, sample_rate)


def measure(items: Iterable[LossItem], methods: Sequence[LossMethod]) -> Iterator[LossRow]:
    """A row for each item and method. Raises MissingExtraError."""
    for item in items:
        for method in methods:
            start = time.perf_counter()
            made = method.conceal(_holed(item), item.sample_rate, item.lost)
            rtf = (time.perf_counter() - start) * item.sample_rate / item.whole.size
            scores = score(item.whole, made, item.sample_rate)
            share = float(item.lost.mean())
            yield LossRow(method.name, item.speaker, item.losses, share, rtf, scores)


def _items(
    rng: np.random.Generator,
    voices: Sequence[Path],
    masks: Sequence[Lost],
    name: str,
    count: int,
    sample_rate: int,
) -> Iterator[LossItem]:
    order = rng.permutation(len(masks))
    for number in range(count):
        path, mask = voices[number % len(voices)], masks[order[number % len(masks)]]
        size = sample_rate * PACKET_MS // 1000
        voice = read_sound(path, sample_rate)[0, : SECONDS * sample_rate]
        voice = voice[: voice.size // size * size]
        voice = voice * np.float32(LEVEL / max(np.sqrt(np.square(voice).mean()), 1e-6))
        yield LossItem(path.stem, name, sample_rate, voice, _fitting(mask, voice.size // size))


def _fitting(mask: Lost, packets: int) -> Lost:
    """The stretch of a mask with the most losses, repeated where it is too short."""
    repeated = np.resize(mask, max(packets, mask.size))
    sums = np.convolve(repeated, np.ones(packets), "valid")
    start = int(sums.argmax())
    return repeated[start : start + packets]


def _holed(item: LossItem) -> Samples:
    """What came: silence where packets are lost, so that no method sees what it should guess."""
    return zeros(item.whole, item.sample_rate, item.lost)
