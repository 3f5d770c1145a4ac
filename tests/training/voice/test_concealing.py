"""Concealers train on what a stream would have to fill, and links lose as they are told to."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from audio.voices import speech
from pellucid.audio.files import read_sound
from pellucid.audio.filler import Filler, as_guessed
from pellucid.audio.periods import Repetition
from pellucid.audio.session import open_session
from pellucid.audio.voices import find_voice
from pellucid.bench.conceal_peers import REPEATED
from pellucid.bench.masks import bursts
from pellucid.training.nets.conceal import ConcealNet
from pellucid.training.nets.denoise import DenoiseNet, DenoiseShape
from pellucid.training.voice.concealing import LEAD, Concealing, Holes, _heard, with_holes
from pellucid.training.voice.export import concealer_to_onnx
from pellucid.training.voice.losing import BURST, LOSS, gilbert_elliott
from pellucid.training.voice.losses import resolutions
from pellucid.training.voice.recipe import ConcealRecipe, read_voice_recipe

RECIPE = Path(__file__).parents[3] / "recipes" / "conceal-standard.toml"


def test_a_link_loses_within_its_shares() -> None:
    rng = np.random.default_rng(0)
    drawn = [gilbert_elliott(rng, 2_000) for _ in range(60)]
    shares = [lost.mean() for lost in drawn]
    assert LOSS[0] / 2 < min(shares) < 0.1
    assert 0.2 < max(shares) < LOSS[1] + 0.1
    sizes = [np.mean([size for _, size in bursts(lost)]) for lost in drawn]
    assert min(sizes) < 1.5
    assert 2.5 < max(sizes) < BURST[1] + 1


def test_what_is_heard_in_training_is_what_a_stream_gives() -> None:
    """The sum that has a slope equals the filler that ships, sample for sample."""
    torch.manual_seed(0)
    net = ConcealNet(16).eval()
    voice = speech(16_000, 1.0)
    lost = np.zeros(100, bool)
    lost[[30, 31, 50, 51, 52, 70]] = True
    parts = [torch.from_numpy(part) for part in with_holes(voice, lost)]
    samples, steps = (p[None] for p in parts[:4]), (p[:, None] for p in parts[4:])
    holes = Holes(*samples, *steps)

    def network(frames: np.ndarray, state: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        with torch.no_grad():
            made, after = net(torch.from_numpy(frames)[:, None], torch.from_numpy(state))
        return made[:, 0].numpy(), after.numpy()

    filler, out = Filler(network, net.start(1).numpy(), 16_000), []
    for hop, missing in enumerate(lost):
        out.append(filler.lost(1) if missing else filler.came(voice[hop * 160 : hop * 160 + 160]))
    with torch.no_grad():
        heard = _heard(net, holes)[0].numpy()
    # Behind the first gap training predicts from what the bare guess left, the stream from its own.
    first = slice(0, 50 * 160)
    np.testing.assert_allclose(np.concatenate(out)[first], heard[first], atol=1e-5)


def test_nothing_lost_is_nothing_touched() -> None:
    voice = speech(16_000, 0.5)
    whole, guessed, base, _, _, shares, touched = with_holes(voice, np.zeros(50, bool))
    np.testing.assert_array_equal(whole, guessed)
    np.testing.assert_array_equal(whole, base)
    assert not shares.any()
    assert not touched.any()


def test_recorded_losses_are_used(tmp_path: Path, sounds: Path) -> None:
    recipe = read_voice_recipe(RECIPE)
    assert isinstance(recipe, ConcealRecipe)
    values = {**vars(recipe), "recorded": 1.0, "batch": 2, "seconds": 1.0, "hidden": 8}
    (tmp_path / "loss.csv").write_text("mask\n" + "01" * 50 + "\n")
    task = Concealing(ConcealRecipe(**values), [sounds, tmp_path])
    lost = task._lost(np.random.default_rng(0), 100)
    assert not lost[:LEAD].any()
    assert lost[LEAD:].mean() == pytest.approx(0.5, abs=0.03)
    scores = task.scores(task.net)
    assert scores.keys() == {"guessed loss", "concealed loss"}


def test_the_network_begins_near_its_guess() -> None:
    torch.manual_seed(0)
    net, frames = ConcealNet(16).eval(), torch.randn(4, 1, 5, 161)
    frames[:, :, 4] = 0
    with torch.no_grad():
        made, _ = net(frames, net.start(1))
    kept = (made * frames[:, :, :2]).sum() / frames[:, :, :2].square().sum()
    assert 0.8 < float(kept) < 1.4
    assert len(concealer_to_onnx(net)) > 1_000
    assert as_guessed(np.ones((1, 5, 161), np.float32), np.zeros(1))[0].shape == (1, 2, 161)


def test_a_filter_of_many_taps_streams() -> None:
    torch.manual_seed(0)
    net = DenoiseNet(DenoiseShape(8, 4, 8, 2, 4, 4)).eval()
    spectra, pieces = torch.randn(9, 2, 2, 161), []
    with torch.no_grad():
        whole, _ = net(spectra, net.start(2))
        state = net.start(2)
        for frames in (spectra[:1], spectra[1:3], spectra[3:]):
            made, state = net(frames, state)
            pieces.append(made)
    torch.testing.assert_close(torch.cat(pieces), whole)


@pytest.mark.parametrize("seed", range(4))
def test_what_ships_comes_nearer_than_repetition(seed: int) -> None:
    """Of the magnitudes of a call that lost a fifth of its packets; the network does no harm."""
    call = read_sound(Path(__file__).parents[3] / "samples" / "call.wav", 16_000)[0]
    packets = call[: call.size // 320 * 320].reshape(-1, 320)
    lost = np.random.default_rng(seed).random(len(packets)) < 0.2
    session = open_session(find_voice("conceal", "standard"), "voice-conceal")
    nothing = np.zeros(1, np.float32)
    fillers = (
        Filler(session.run, session.start(), 16_000),
        Filler(as_guessed, nothing, 16_000),
        Filler(as_guessed, nothing, 16_000, REPEATED, guess=Repetition),
    )
    errors = []
    for filler in fillers:
        pairs = zip(packets, lost, strict=True)
        made = [filler.lost(2) if missing else filler.came(packet) for packet, missing in pairs]
        both = (torch.from_numpy(x.reshape(1, -1)) for x in (np.concatenate(made), packets))
        errors.append(float(resolutions(*both)))
    shipped, predicted, repeated = errors
    assert shipped < 0.8 * repeated
    assert shipped < 1.02 * predicted
