"""The concealer: what came stays, what did not goes on without a click, and sinks into the room."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import pellucid
from audio.tunes import tone, tune
from audio.voices import speech
from pellucid.audio.conceal import Concealer
from pellucid.audio.filler import FADED, Filler, as_guessed, share_of
from pellucid.audio.floor import NoiseFloor
from pellucid.bench import conceal_peers
from pellucid.errors import ArtifactError, FrameError, StreamClosed
from pellucid.frames import AudioFrame, Samples

RATES = (8_000, 16_000, 44_100, 48_000)


def losses(packets: int, *lost: int) -> np.ndarray:
    mask = np.zeros(packets, bool)
    mask[list(lost)] = True
    return mask


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("packet_ms", [10, 20])
def test_what_came_stays_and_what_was_lost_is_never_looked_at(rate: int, packet_ms: int) -> None:
    size, packets = rate * packet_ms // 1000, 600 // packet_ms
    voice = speech(rate, 0.6)[: packets * size]
    lost = losses(packets, 8, 9, 20)
    spoilt = np.where(np.repeat(lost, size), np.float32(np.nan), voice)
    made = pellucid.conceal(voice, rate, lost, packet_ms)
    np.testing.assert_array_equal(pellucid.conceal(spoilt, rate, lost, packet_ms), made)
    fading = np.zeros(voice.size, bool)
    for packet in (10, 21):
        fading[packet * size : packet * size + rate // 100] = True
    same = ~np.repeat(lost, size) & ~fading
    np.testing.assert_array_equal(made[same], voice[same])
    assert np.abs(made[np.repeat(lost, size)]).max() > 1e-3


def test_a_tone_is_concealed_nearly_whole() -> None:
    whole = tone(16_000, 1.0, 150)
    lost = losses(50, 20)
    made = pellucid.conceal(whole, 16_000, lost)
    gap = slice(20 * 320, 21 * 320)
    rest = np.linalg.norm(made[gap] - whole[gap]) / np.linalg.norm(whole[gap])
    assert rest < 0.5  # silence would be 1


@settings(deadline=None, max_examples=15)
@given(seed=st.integers(0, 10**6), mask=st.lists(st.booleans(), min_size=30, max_size=30))
@example(seed=531, mask=[packet == 15 for packet in range(30)])  # a hiss, silence, then a loss
@pytest.mark.parametrize("look_ahead", [False, True])
@pytest.mark.parametrize("rate", [16_000, 48_000])
def test_no_join_clicks(rate: int, look_ahead: bool, seed: int, mask: list[bool]) -> None:
    """At every join the step from sample to sample is no larger than those nearby."""
    voice, lost = speech(rate, 0.6, seed), np.array(mask)
    made, size = pellucid.conceal(voice, rate, lost, look_ahead=look_ahead), rate // 50
    steps = np.abs(np.diff(made))
    for packet in range(1, 30):
        if lost[packet] != lost[packet - 1]:
            at = packet * size - 1
            before, after = steps[max(at - 2 * size, 0) : at].max(), steps[at + 1 : at + size].max()
            most = before if lost[packet] else 1.2 * max(before, after)
            assert steps[at] <= most + 1e-4


def test_a_long_gap_sinks_into_the_noise_of_the_room() -> None:
    rng = np.random.default_rng(0)
    room = rng.normal(0, 0.003, 16_000 * 6).astype(np.float32)
    voice = speech(16_000, 6.0) + room
    lost = losses(300, *range(150, 300))
    made = pellucid.conceal(voice, 16_000, lost)
    level = float(np.sqrt(np.square(made[-32_000:]).mean()))
    assert 0.0008 < level < 0.005
    quiet = pellucid.conceal(speech(16_000, 6.0), 16_000, lost)
    assert np.sqrt(np.square(quiet[-32_000:]).mean()) < 1e-3  # 34 dB below the voice


def test_the_share_of_the_voice_falls_once() -> None:
    shares = [share_of(since, FADED) for since in range(1, 50)]
    assert shares[FADED[0] - 1] == 1
    assert shares[FADED[1] - 1] == 0
    assert all(a >= b for a, b in pairwise(shares))


def test_a_tone_dies_away_and_is_gone_in_the_end() -> None:
    whole = tone(16_000, 1.0, 150)
    filler = Filler(as_guessed, np.zeros(1, np.float32), 16_000)
    filler.came(np.zeros(4_800, np.float32))  # a quiet room
    filler.came(whole)
    made = filler.lost(40).reshape(40, 160)
    levels = np.sqrt(np.square(made).mean(1))
    assert levels[0] == pytest.approx(np.sqrt(np.square(whole).mean()), rel=0.3)
    assert levels[4] > 0.2 * levels[0]
    assert (np.diff(levels[levels > 1e-3]) < 0).all()
    assert levels[FADED.end :].max() < 0.02 * levels[0]


def test_music_is_only_predicted() -> None:
    def predicted(samples: Samples) -> Samples:
        filler = Filler(as_guessed, np.zeros(1, np.float32), 16_000)
        pairs = zip(samples.reshape(-1, 320), lost, strict=True)
        return np.concatenate([filler.lost(2) if gone else filler.came(one) for one, gone in pairs])

    music, lost = tune(16_000, 8), losses(400, 250, 251, 300)
    made = pellucid.conceal(music, 16_000, lost)
    np.testing.assert_allclose(made, predicted(music), atol=1e-6)
    voice = speech(16_000, 8.0)
    made = pellucid.conceal(voice, 16_000, lost)
    assert np.abs(made - predicted(voice)).max() > 1e-3


@pytest.mark.parametrize("packets", [1, 2])
def test_music_comes_nearer_than_by_repetition(packets: int) -> None:
    music, lost = tune(16_000, 8), np.arange(400) % 25 >= 25 - packets
    gaps = np.repeat(lost, 320)
    ways = pellucid.conceal(music, 16_000, lost), conceal_peers.repeated(music, 16_000, lost)
    ours, theirs = (float(np.square(made - music)[gaps].sum()) for made in ways)
    assert ours < theirs


def test_the_floor_follows_the_quiet() -> None:
    floor = NoiseFloor(3)
    loud, quiet = np.full((50, 3), 1.0, np.float32), np.full((50, 3), 0.01, np.float32)
    floor.push(loud)
    np.testing.assert_allclose(floor.power, 1, rtol=0.01)
    floor.push(quiet)
    np.testing.assert_allclose(floor.power, 0.01, rtol=0.01)
    floor.push(loud)
    assert (floor.power < 0.02).all()  # 3 dB a second


def test_channels_and_packet_sizes_stand_alone() -> None:
    both = np.stack([speech(16_000, 0.5, seed) for seed in (1, 2)])
    lost = losses(25, 10, 15, 16)
    made = pellucid.conceal(both, 16_000, lost)
    np.testing.assert_allclose(made[1], pellucid.conceal(both[1], 16_000, lost), atol=1e-6)
    halves = pellucid.conceal(both[1], 16_000, np.repeat(lost, 2), packet_ms=10)
    np.testing.assert_allclose(made[1], halves, atol=1e-5)


@pytest.mark.parametrize("first", [True, False])
def test_everything_lost_and_every_other_packet(first: bool) -> None:
    voice = speech(16_000, 2.0)
    nothing = pellucid.conceal(voice, 16_000, np.ones(100, bool))
    assert np.abs(nothing).max() < 1e-6  # nobody was ever heard
    other = (np.arange(100) % 2 == 0) == first
    made = pellucid.conceal(voice, 16_000, other)
    assert np.isfinite(made).all()
    assert np.abs(made).max() < 2 * np.abs(voice).max()


def test_thirty_seconds_of_nothing_stay_calm() -> None:
    stage, voice = Concealer(16_000), speech(16_000, 1.0)
    for number in range(50):
        packet = voice[None, number * 320 : (number + 1) * 320]
        stage.push(AudioFrame(packet, 16_000, number * 320))
    made = [stage.push(None)[0] for _ in range(1500)]
    assert made[-1].pts == (50 + 1499) * 320
    assert max(float(np.abs(one.samples).max()) for one in made[20:]) < 0.01
    (back,) = stage.push(AudioFrame(voice[None, :320], 16_000, made[-1].end_pts))
    np.testing.assert_array_equal(back.samples[0, 160:], voice[160:320])


@pytest.mark.parametrize("packet_ms", [10, 20, 60])
def test_a_look_ahead_is_ten_milliseconds_and_streams(packet_ms: int) -> None:
    size = 16 * packet_ms
    voice = speech(16_000, 1.5)[: 20 * size]
    lost = losses(20, 0, 7, 8, 15, 19)
    stage, made, at = Concealer(16_000, packet_ms, look_ahead=True), [], 0
    assert stage.latency == 0.01
    for number, missing in enumerate(lost):
        packet = AudioFrame(voice[None, number * size : (number + 1) * size], 16_000, number * size)
        for frame in stage.push(None if missing else packet):
            assert frame.pts == at
            at += frame.samples.shape[1]
            made.append(frame.samples[0])
        assert at == (number + 1) * size - 160
    (last,) = stage.flush()
    assert (last.pts, last.samples.shape) == (at, (1, 160))
    streamed = np.concatenate([*made, last.samples[0]])
    whole = pellucid.conceal(voice, 16_000, lost, packet_ms, look_ahead=True)
    np.testing.assert_allclose(streamed, whole, atol=1e-6)
    came = np.repeat(~lost, size)
    np.testing.assert_array_equal(whole[came], voice[came])  # not a sample is faded
    assert stage.flush() == []
    assert Concealer(16_000, packet_ms, look_ahead=True).flush() == []


def test_without_a_look_ahead_nothing_of_what_comes_is_known() -> None:
    voice, lost = speech(16_000, 1.0), losses(50, 20, 21)
    other = voice.copy()
    other[22 * 320 :] *= -0.5
    end = slice(21 * 320, 22 * 320)
    made = [pellucid.conceal(x, 16_000, lost)[end] for x in (voice, other)]
    np.testing.assert_array_equal(*made)
    made = [pellucid.conceal(x, 16_000, lost, look_ahead=True)[end] for x in (voice, other)]
    np.testing.assert_array_equal(made[0][:160], made[1][:160])
    assert np.abs(made[0][160:] - made[1][160:]).max() > 1e-3


def test_a_look_ahead_leads_over_to_a_tone_that_comes() -> None:
    """After silence and a loss, a steady tone begins where it came, and a hop before."""
    whole = tone(16_000, 1.0, 200)
    silent = np.where(np.arange(16_000) < 25 * 320, np.float32(0), whole)
    made = pellucid.conceal(silent, 16_000, losses(50, *range(20, 25)), look_ahead=True)
    end = slice(25 * 320 - 60, 25 * 320)
    assert np.abs(made[end] - whole[end]).max() < 0.5 * np.abs(whole[end]).max()
    assert np.abs(made[: 25 * 320 - 160]).max() < 1e-3


def test_a_short_last_packet_and_nothing_at_all() -> None:
    voice = speech(16_000, 0.5)[:7_900]
    made = pellucid.conceal(voice, 16_000, losses(25, 24))
    assert made.shape == voice.shape
    assert pellucid.conceal(voice[:0], 16_000, np.zeros(0, bool)).shape == (0,)


def test_what_is_wrong_is_one_clear_error() -> None:
    good, lost = np.zeros(960, np.float32), np.zeros(3, bool)
    for call, why in (
        (lambda: pellucid.conceal(good, 11_025, lost), "multiple of 100"),
        (lambda: pellucid.conceal(good, 96_000, lost), "multiple of 100"),
        (lambda: pellucid.conceal(good, 16_000, lost, packet_ms=15), "10, 20, 40, 60"),
        (lambda: pellucid.conceal(good, 16_000, lost[:2]), "lost: expected 3 booleans"),
        (lambda: pellucid.conceal(good, 16_000, np.zeros(3, int)), "lost: expected 3 booleans"),
        (lambda: pellucid.conceal(good * np.nan, 16_000, lost), "NaN or above"),
        (lambda: pellucid.conceal(good.astype(np.int16), 16_000, lost), "expected float32"),
        (lambda: Concealer(16_000, channels=0), "at least 1"),
        (lambda: pellucid.conceal(np.zeros((0, 960), np.float32), 16_000, lost), "at least 1"),
    ):
        with pytest.raises(FrameError, match=why):
            call()
    with pytest.raises(ArtifactError, match="standard"):
        Concealer(16_000, model="loud")


def test_packets_that_do_not_fit_are_refused() -> None:
    stage = Concealer(16_000)
    stage.push(AudioFrame(np.zeros((1, 320), np.float32), 16_000))
    for packet, why in (
        (AudioFrame(np.zeros((1, 160), np.float32), 16_000, 320), "packet: the stream has"),
        (AudioFrame(np.zeros((2, 320), np.float32), 16_000, 320), "packet: the stream has"),
        (AudioFrame(np.zeros((1, 320), np.float32), 8_000, 320), "sample_rate: the stream has"),
        (AudioFrame(np.zeros((1, 320), np.float32), 16_000, 640), "pts: the stream has 320"),
    ):
        with pytest.raises(FrameError, match=why):
            stage.push(packet)
    with pytest.raises(FrameError, match="AudioFrame or None, got list"):
        stage.push([])  # type: ignore[arg-type]
    assert stage.flush() == []
    with pytest.raises(StreamClosed):
        stage.push(None)


def test_a_whole_sound_is_what_a_stream_gives() -> None:
    voice, lost = speech(16_000, 1.0), losses(50, 20, 21, 40)
    stage, made = Concealer(16_000), []
    for number, missing in enumerate(lost):
        packet = AudioFrame(voice[None, number * 320 : (number + 1) * 320], 16_000, number * 320)
        made.append(stage.push(None if missing else packet)[0].samples[0])
    np.testing.assert_allclose(
        pellucid.conceal(voice, 16_000, lost), np.concatenate(made), atol=1e-6
    )


def test_an_hour_of_losses_leaves_the_state_as_a_minute_does() -> None:
    minute, size = speech(8_000, 60.0), 480
    lost = np.random.default_rng(0).random(minute.size // size) < 0.02
    made = pellucid.conceal(np.tile(minute, 60), 8_000, np.tile(lost, 60), packet_ms=60)
    first, last = made.reshape(60, -1)[[1, -1]]
    assert np.isfinite(made).all()
    came = np.repeat(~lost, size)
    same = came & ~np.repeat(np.roll(lost, 1), size)  # what follows a loss is faded in
    np.testing.assert_array_equal(last[same], minute[same])
    level = [float(np.square(x[~came]).mean()) for x in (first, last)]  # noise is never the same
    assert level[1] == pytest.approx(level[0], rel=0.1)
