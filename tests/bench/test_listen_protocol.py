"""The classifier's protocol: what is true of a frame, what is counted, who takes part."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from audio.tunes import tune
from audio.voices import speech
from bench.tiny_onnx import nearest
from pellucid.audio.files import write_sound
from pellucid.audio.labels import Label
from pellucid.audio.listen import MODEL
from pellucid.bench.listen import interval, measure, wrong_switches
from pellucid.bench.listen_items import OVER, RATE, SNRS, Heard, items
from pellucid.bench.listen_peers import Detector, silero
from pellucid.errors import ArtifactError

S, M, N, Q = (int(label) for label in Label)


@pytest.fixture(scope="module")
def heard(tmp_path_factory: pytest.TempPathFactory) -> list[Heard]:
    """A voice with a pause of 1 s, music and noise, 4 s each."""
    folder = tmp_path_factory.mktemp("heard")
    noise = np.random.default_rng(0).normal(0, 0.05, 4 * RATE).astype(np.float32)
    voice = speech(RATE, 4)
    voice[RATE : 2 * RATE] = 1e-3 * noise[:RATE] / 0.05  # -60 dB of full scale at most
    for name, samples in (("speech", voice), ("music", tune(RATE, 4)), ("noise", noise)):
        (folder / name).mkdir()
        write_sound(folder / name / "a.wav", samples[None], RATE)
    return list(items(folder / "speech", folder / "music", folder / "noise", None))


def test_scenes_are_all_there_once(heard: list[Heard]) -> None:
    assert len(heard) == 3 + len(SNRS) + len(OVER)
    assert len({one.scene for one in heard}) == len(heard)
    for one in heard:
        assert one.labels.size * 320 == one.samples.size


def test_a_pause_is_silence_noise_or_music_by_what_is_behind(heard: list[Heard]) -> None:
    by_scene = {one.scene: one.labels for one in heard}
    pause = slice(55, 95)
    assert (by_scene["speech"][pause] >= N).all()
    assert (by_scene["speech 5 dB over noise"][pause] == N).all()
    assert (by_scene["speech 10 dB over music"][pause] == M).all()
    for scene in ("speech", "speech 5 dB over noise", "speech 10 dB over music"):
        spoken = np.concatenate([by_scene[scene][5:45], by_scene[scene][105:]])
        assert (spoken == S).mean() > 0.95
    assert (by_scene["music"] == M).all()
    assert (by_scene["noise"] == N).all()


def test_mixtures_have_their_ratio(heard: list[Heard]) -> None:
    one = next(each for each in heard if each.scene == "speech 5 dB over noise")
    spoken = np.repeat(one.labels == S, 320)
    powers = [np.square(x).mean() for x in (one.clean[spoken], one.samples - one.clean)]
    assert 10 * np.log10(powers[0] / powers[1]) == pytest.approx(5, abs=1)


def test_a_switch_is_wrong_when_no_true_one_to_that_label_is_near() -> None:
    truth = np.array([S] * 50 + [N] * 50)
    assert wrong_switches(truth, truth) == 0
    assert wrong_switches(truth, np.array([S] * 60 + [N] * 40)) == 0
    assert wrong_switches(truth, np.array([S] * 70 + [N] * 30)) == 1
    assert wrong_switches(truth, np.array([S] * 50 + [M] * 50)) == 1
    assert wrong_switches(truth, np.array([S] * 20 + [M] * 5 + [S] * 25 + [N] * 50)) == 2
    assert wrong_switches(truth, np.array([S] * 100)) == 0


def test_rows_count_each_frame_once_and_detectors_know_two_kinds(heard: list[Heard]) -> None:
    always = Detector("always", lambda samples: np.ones(samples.size // 320, bool))
    rows = list(measure(heard[:1], MODEL, [always]))
    assert [row.method for row in rows] == ["pellucid", "pellucid, speech", "always"]
    assert [np.shape(row.counts) for row in rows] == [(4, 4), (2, 2), (2, 2)]
    for row in rows:
        assert np.sum(row.counts) == heard[0].labels.size
    assert rows[-1].accuracy == pytest.approx(100 * (heard[0].labels == S).mean())


def test_an_interval_is_that_of_the_mean() -> None:
    assert interval([1.0, 2.0, 3.0], 2) == f"2.00 ± {1.96 / 3**0.5:.2f}"
    assert interval([1.0]) == "1.0 ± nan"
    assert interval([-0.01, 0.0]) == "0.0 ± 0.0"


def test_a_peer_must_have_its_form(tmp_path: Path) -> None:
    (tmp_path / "text.onnx").write_text("no model")
    with pytest.raises(ArtifactError, match="no ONNX model"):
        silero(tmp_path / "text.onnx")
    (tmp_path / "other.onnx").write_bytes(nearest(1))
    with pytest.raises(ArtifactError, match="expected the inputs input, state and sr"):
        silero(tmp_path / "other.onnx")
