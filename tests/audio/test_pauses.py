"""Labels of a voice, corrected by levels where these are clear."""

import numpy as np
import pytest

from pellucid.audio.hearing import BANDS, INPUTS, REACH_DB, standing
from pellucid.audio.labels import Label
from pellucid.audio.pauses import HELD, Pauses

DELAY, APART = 9, 50.0
SPEECH, MUSIC, NOISE = int(Label.SPEECH), int(Label.MUSIC), int(Label.NOISE)


def heard(loud: list[bool], apart: float = APART) -> np.ndarray:
    """Frames that are loud, or as quiet as what is quiet."""
    made = np.zeros((len(loud), INPUTS), np.float32)
    made[:, BANDS + 1] = np.where(loud, 0, -apart) / REACH_DB
    made[:, BANDS + 2] = np.where(loud, apart, 0) / REACH_DB
    made[:, BANDS + 3] = apart / REACH_DB
    return made


def told(labels: list[int], loud: list[bool], apart: float = APART, step: int = 0) -> list[int]:
    """What becomes of the labels, each of the frame in its place, in steps or at once."""
    delayed = np.array([Label.SILENCE] * DELAY + labels, np.uint8)
    levels, pauses = heard(loud + [True] * DELAY, apart), Pauses(DELAY)
    size = step or len(delayed)
    cuts = range(0, len(delayed), size)
    pieces = [pauses.push(delayed[n : n + size], levels[n : n + size]) for n in cuts]
    return np.concatenate(pieces)[DELAY:].tolist()


def test_no_frame_of_a_pause_is_speech() -> None:
    loud = [True] * 20 + [False] * 15 + [True] * 20
    assert told([SPEECH] * 55, loud) == [SPEECH] * 20 + [NOISE] * 15 + [SPEECH] * 20


def test_a_short_gap_is_no_pause() -> None:
    loud = [True] * 20 + [False] * 9 + [True] * 20
    assert told([SPEECH] * 49, loud) == [SPEECH] * 49


def test_speech_lasts_until_the_pause_but_not_for_long() -> None:
    loud = [True] * 90 + [False] * 20
    labels = [SPEECH] * 80 + [NOISE] * 30
    assert told(labels, loud) == [SPEECH] * 90 + [NOISE] * 20
    labels = [SPEECH] * 40 + [NOISE] * 70
    assert told(labels, loud) == [SPEECH] * (40 + HELD) + [NOISE] * (70 - HELD)


@pytest.mark.parametrize("label", [MUSIC, NOISE, int(Label.SILENCE)])
def test_what_is_no_voice_stays(label: int) -> None:
    loud = [True] * 20 + [False] * 15 + [True] * 20
    assert told([label] * 55, loud) == [label] * 55


def test_levels_that_are_not_clear_change_nothing() -> None:
    loud = [True] * 20 + [False] * 15 + [True] * 20
    labels = [SPEECH] * 40 + [NOISE] * 15
    assert told(labels, loud, apart=30) == labels


def test_in_pieces_as_at_once() -> None:
    rng = np.random.default_rng(1)
    loud = np.repeat(rng.random(30) < 0.6, 8).tolist()
    labels = np.repeat(rng.choice([SPEECH, MUSIC, NOISE], 48), 5).tolist()
    whole = told(labels, loud)
    assert whole != labels
    assert [told(labels, loud, step=step) for step in (1, 7)] == [whole, whole]


def test_standing_is_in_decibels() -> None:
    below, above, apart = standing(heard([True, False]))
    assert below.tolist() == [0, -APART]
    assert above.tolist() == [APART, 0]
    assert apart.tolist() == [APART, APART]
