"""Voices and noises to train on, made up."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from audio.tunes import tune
from audio.voices import speech
from pellucid.audio.files import write_sound


@pytest.fixture(scope="session")
def sounds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sounds")
    for kind in ("speech", "noise", "music"):
        (folder / kind).mkdir()
    for number in range(13):
        voice = speech(48_000, 1.0, number)
        write_sound(folder / "speech" / f"{number:02}.wav", voice[None], 48_000)
        noise = np.random.default_rng(number).normal(size=(1, 48_000)).astype(np.float32)
        write_sound(folder / "noise" / f"{number:02}.wav", 0.05 * noise, 48_000)
        write_sound(folder / "music" / f"{number:02}.wav", tune(48_000, 1.0, number)[None], 48_000)
    return folder
