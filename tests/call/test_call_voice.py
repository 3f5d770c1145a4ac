"""A voice from packets to sound: on time, whole where it came, concealed where it did not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import count

import numpy as np
import pytest

from audio.voices import speech
from call.coded import opus, tone
from pellucid.call.packets import Packet, opus_duration
from pellucid.call.voice import OK, OVER_BUDGET, PATIENCE, WAITING, OpusDecoder, Voice
from pellucid.errors import FrameError
from pellucid.frames import Samples

STEP = 0.02


def timeless(steps: Sequence[str] = (), channels: int = 1) -> Voice:
    """A voice that takes no time, however busy the machine that tests it."""
    return Voice(steps, channels, clock=lambda: 0.0)


def hear(voice: Voice, packets: Sequence[Packet], seconds: float, pace: float = STEP) -> Samples:
    """Push a packet every `pace` seconds, pull every 20 ms; all that is heard, (channels, T)."""
    made, coming = [], [(n * pace, one) for n, one in enumerate(packets)]
    for tick in range(round(seconds / STEP)):
        now = 0.005 + tick * STEP
        while coming and coming[0][0] <= now:
            arrived, one = coming.pop(0)
            voice.push(one, arrived)
        frame = voice.pull(now)
        assert (frame.pts, frame.samples.shape[1]) == (960 * tick, 960)
        made.append(frame.samples)
    return np.concatenate(made, axis=1)


def without(packets: Sequence[Packet], *lost: int) -> list[Packet]:
    """Lost packets carry a payload that cannot be decoded."""
    return [
        replace(one, payload=b"\xff\xff") if n in lost else one for n, one in enumerate(packets)
    ]


def level(samples: Samples) -> float:
    return float(np.sqrt(np.square(samples).mean()))


def test_what_came_is_what_the_decoder_makes_of_it() -> None:
    packets, decoder = opus(tone(0.5)), OpusDecoder(1)
    decoded = np.concatenate([decoder.decode(one) for one in packets], axis=1)[0]
    made = hear(timeless(), packets, 0.4)[0]
    begins = int(np.flatnonzero(made)[0]) // 960 * 960
    assert 960 <= begins <= 3 * 960  # the first packet waits, in silence
    heard = made[begins:]
    np.testing.assert_allclose(heard[480:], decoded[480 : heard.size], atol=1e-6)


@pytest.mark.parametrize("lost", [(50,), (50, 51, 60)])
def test_what_cannot_be_decoded_is_concealed(lost: tuple[int, ...]) -> None:
    voice = timeless()
    made = hear(voice, without(opus(tone(2.0)), *lost), 1.9)[0]
    assert voice.stats.undecodable == len(lost)
    levels = [level(made[at : at + 960]) for at in range(9_600, made.size - 960, 960)]
    assert min(levels) > 0.5 * float(np.median(levels))
    assert np.abs(np.diff(made)).max() < 0.05


def test_a_missing_packet_leaves_no_hole_and_no_lag() -> None:
    packets = opus(tone(2.0))
    voice, whole = timeless(), timeless()
    made = hear(voice, [one for n, one in enumerate(packets) if n != 50], 1.9)[0]
    same = hear(whole, packets, 1.9)[0]
    assert voice.stats.playout.concealed <= 1
    assert level(made[45_000:60_000]) == pytest.approx(level(same[45_000:60_000]), rel=0.1)


def test_a_voice_that_stopped_becomes_quiet() -> None:
    voice = timeless()
    made = hear(voice, opus(speech(48_000, 0.5)), 6.0)
    assert level(made[:, -48_000:]) < 0.01
    assert voice.stats.playout.concealed_share > 0.8


@pytest.mark.parametrize("milliseconds", [10, 20, 40, 60])
def test_packets_of_any_length_are_heard(milliseconds: int) -> None:
    packets = opus(tone(2.0), milliseconds)
    assert {opus_duration(one.payload) for one in packets} == {48 * milliseconds}
    voice = timeless()
    made = hear(voice, packets, 1.8, milliseconds / 1000)[0]
    assert voice.stats.playout.concealed == 0
    assert level(made[24_000:]) == pytest.approx(level(tone(2.0)), rel=0.1)


def test_another_source_gets_its_own_decoder() -> None:
    one, other = opus(tone(1.0, 200), ssrc=1), opus(tone(1.0, 330), ssrc=2)
    voice = timeless()
    made = hear(voice, one + other, 1.9)[0]
    spectrum = np.abs(np.fft.rfft(made[-24_000:]))
    assert abs(np.argmax(spectrum) * 2 - 330) <= 4
    assert voice.stats.playout.restarts == 1
    assert voice.stats.playout.strangers == 0


@pytest.mark.parametrize(
    ("steps", "channels"), [((), 2), (("denoise",), 1), (("denoise", "extend"), 2)]
)
def test_clearing_keeps_every_frame(steps: tuple[str, ...], channels: int) -> None:
    voice = timeless(steps, channels)
    made = hear(voice, opus(speech(48_000, 0.8)), 0.7)
    assert made.shape == (channels, 35 * 960)
    assert level(made[:, 12_000:]) > 0.01
    assert voice.stats.latency_ms == (pytest.approx(29, abs=1) if steps else 0)
    if channels == 2:
        np.testing.assert_allclose(made[0], made[1], atol=1e-4)


def test_a_machine_without_time_goes_on_without_clearing() -> None:
    ticks = count()
    voice = Voice(("denoise",), clock=lambda: 0.03 * next(ticks))  # each pull takes 30 ms
    packets = opus(tone(2.0))
    made = hear(voice, packets, 1.9)[0]
    stats = voice.stats
    assert (stats.reason, stats.latency_ms) == (OVER_BUDGET, 0)
    assert stats.late >= PATIENCE
    assert np.abs(np.diff(made[12_000:])).max() < 0.05  # the voice never stopped


def test_stats_say_what_is_awaited_and_what_is_no_voice() -> None:
    voice = timeless()
    assert voice.stats.reason == WAITING
    voice.push(None, 0.0)
    hear(voice, opus(tone(1.0)), 0.5)
    assert (voice.stats.reason, voice.stats.ignored) == (OK, 1)


@pytest.mark.parametrize(
    ("given", "why"), [({"steps": ["louder"]}, "denoise or extend"), ({"channels": 3}, "channels")]
)
def test_what_is_wrong_is_refused(given: dict[str, object], why: str) -> None:
    with pytest.raises(FrameError, match=why):
        Voice(**given)  # type: ignore[arg-type]


def test_who_wants_to_hear_what_came_hears_that_and_gaps_are_silent() -> None:
    lossy = without(opus(tone(1.0)), 20, 21)
    voice, decoder = timeless(("denoise",)), OpusDecoder(1)
    voice.enhancing = False
    came = hear(voice, lossy, 0.9)[0]
    decoded = [decoder.decode(one) for one in lossy]
    silence = np.zeros((1, 960), np.float32)
    sent = np.concatenate([silence if one is None else one for one in decoded], axis=1)[0]
    sent, came = (sound[np.flatnonzero(sound)[0] :] for sound in (sent, came))
    np.testing.assert_array_equal(came, sent[: came.size])


def test_the_change_between_them_is_faded() -> None:
    packets = opus(tone(1.0))
    voice = timeless(("denoise",))
    made = []
    for number, packet in enumerate(packets[:45]):
        voice.enhancing = number % 10 < 5
        voice.push(packet, number * STEP)
        made.append(voice.pull(number * STEP + 0.005).samples[0])
    whole = np.concatenate(made)
    steepest = 2 * np.pi * 200 / 48_000 * np.abs(whole).max()  # of the tone itself
    assert np.abs(np.diff(whole[5 * 960 :])).max() < 2 * steepest
