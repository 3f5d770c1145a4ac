"""The classifier's task: labelled scenes, and how it does on recordings that were held out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from pellucid.audio.activity import SILENT_DB, Powers
from pellucid.audio.hearing import INPUTS, Hearing
from pellucid.audio.labels import Label, Labels
from pellucid.audio.listen import AHEAD, DELAY, HEARD, Decision
from pellucid.audio.pauses import Pauses
from pellucid.audio.session import Array
from pellucid.audio.stripes import draw_stripes
from pellucid.training.nets.classify import ClassifyNet
from pellucid.training.voice.export import classifier_to_onnx, macs_of_recurrent
from pellucid.training.voice.recipe import ClassifyRecipe
from pellucid.training.voice.scenes import RATE, Scenes, loudness
from pellucid.training.voice.sounds import load_sounds

BATCHES = 8  # of held-out pieces
SEEN = 12  # pieces that are drawn
SMOOTHING = 0.05  # of the labels (Szegedy et al. 2016, eq. 3)


class Classifying:
    """See `train.Task` and `run.Shown`."""

    kind = "voice-classify"
    summary = f"tells speech, music and noise apart, causal, {20 * DELAY} ms behind"

    def __init__(self, recipe: ClassifyRecipe, folders: Sequence[Path]) -> None:
        torch.manual_seed(recipe.seed)
        self.recipe = recipe
        sounds = load_sounds(folders, RATE, held_out=False, without=recipe.without)
        unseen = load_sounds(folders, RATE, held_out=True, without=recipe.without)
        self.net, self.digest = ClassifyNet(recipe.hidden), sounds.digest
        recorded = replace(recipe, made_up=0)  # what is made up is no stranger to the network
        self._scenes, held_out = Scenes(sounds, recipe), Scenes(unseen, recorded)
        self._held_out = [held_out.batch(step) for step in range(BATCHES)]

    def loss(self, step: int) -> Tensor:
        """Cross entropy in nats of the frames of this step's scenes that are no silence."""
        power, labels = self._scenes.batch(step)
        odds = _odds(self.net, _heard(power))[AHEAD:]
        wanted = torch.from_numpy(labels[:-AHEAD].astype(np.int64))
        loud = torch.from_numpy(loudness(power)[:-AHEAD] >= SILENT_DB)
        return nn.functional.cross_entropy(odds[loud], wanted[loud], label_smoothing=SMOOTHING)

    def scores(self, net: nn.Module) -> dict[str, float]:
        """Share in % of the frames of held-out scenes that got their label, silence apart: of all,
        and of each kind.
        """
        told, wanted = (np.concatenate(side) for side in zip(*self._judged(net), strict=True))
        right = {str(label): told[wanted == label] == label for label in HEARD}
        all_right = {"accuracy": np.concatenate(list(right.values())), **right}
        return {name: round(100 * float(some.mean()), 3) for name, some in all_right.items()}

    def show(self, net: nn.Module, folder: Path) -> None:
        """Draw some held-out scenes: above what they are, below what they were told to be."""
        power, labels = self._held_out[0]
        rows = []
        for truth, told in zip(labels.T[:SEEN], _told(net, power)[:SEEN], strict=True):
            rows += [truth[: told.size], told]
        draw_stripes(folder / "labels.png", rows)

    def export(self, net: nn.Module) -> bytes:
        """The ONNX model."""
        assert isinstance(net, ClassifyNet)
        return classifier_to_onnx(net, INPUTS)

    def macs(self, net: nn.Module) -> int:
        """For a second of sound."""
        return macs_of_recurrent(net)

    def _judged(self, net: nn.Module) -> list[tuple[Labels, Labels]]:
        """What was told and what was wanted where there is sound, piece by piece."""
        pairs = []
        for power, labels in self._held_out:
            for item, told in enumerate(_told(net, power)):
                loud = loudness(power[:, item])[: told.size] >= SILENT_DB
                pairs.append((told[loud], labels[: told.size, item][loud]))
        return pairs


def _heard(power: Powers) -> Array:
    return Hearing().push(power, loudness(power))


def _odds(net: nn.Module, heard: Array) -> Tensor:
    assert isinstance(net, ClassifyNet)
    odds, _ = net(torch.from_numpy(heard), net.start(heard.shape[1]))
    assert isinstance(odds, Tensor)
    return odds


def _told(net: nn.Module, power: Powers) -> list[Labels]:
    """The labels of each piece as a `Listener` would decide, in their place: (T - DELAY,)."""
    net.eval()
    heard = _heard(power)
    with torch.no_grad():
        odds = _odds(net, heard).numpy()
    net.train()
    quiet = loudness(power) < SILENT_DB
    decided = [Decision().push(odds[:, n], quiet[:, n]) for n in range(odds.shape[1])]
    return [Pauses(DELAY).push(told, heard[:, n])[DELAY:] for n, told in enumerate(decided)]


assert [int(label) for label in HEARD] == [Label.SPEECH, Label.MUSIC, Label.NOISE]
