"""The voice of a recording is made clear where that is asked for, and stays in its place."""

from __future__ import annotations

import io
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.fft import irfft, rfft

import pellucid
from pellucid.errors import MediaError, UnsupportedMediaError
from pellucid.frames import Samples
from pellucid.media import SoundDecoder
from pellucid.outcome import Failure
from pellucid.pipeline import Settings, enhance, enhance_folder

RATE = 48_000
AS_IT_IS = Settings(voice=())
CONTAINERS = {".mp4": "aac", ".mkv": "libopus", ".webm": "libopus", ".mov": "aac"}
NAMES = (".wav", ".flac", ".opus", ".ogg", ".mp3", ".m4a")


def bursts(rate: int, seconds: float, channels: int = 1) -> Samples:
    """Noise of the voice's band that comes and goes, so that a shift would show."""
    rng = np.random.default_rng(3)
    size = round(rate * seconds)
    spectrum = rfft(rng.normal(size=(channels, size)))
    hertz = np.fft.rfftfreq(size, 1 / rate)
    spectrum[:, (hertz < 200) | (hertz > 3000)] = 0
    swell = np.repeat(rng.uniform(0, 1, -(-size // 2400)), 2400)[:size]
    return (0.1 * swell * irfft(spectrum, size) / 0.3).astype(np.float32)


def record(path: Path, samples: Samples, rate: int, codec: str, start: float = 0.0) -> None:
    """A small clip of a grey picture with sound that begins at `start` seconds."""
    with av.open(str(path), "w") as container:
        name = "libvpx" if path.suffix == ".webm" else "libx264"
        video = container.add_stream(name, rate=25)
        video.width, video.height, video.pix_fmt = 64, 48, "yuv420p"
        sound = container.add_stream(codec, rate=rate)
        sound.codec_context.layout = "mono" if len(samples) == 1 else "stereo"
        for index in range(25):
            grey = np.full((72, 64), 40 + index, np.uint8)
            container.mux(video.encode(av.VideoFrame.from_ndarray(grey, "yuv420p")))
        for packet in (*sound.encode(as_frame(samples, rate, start)), *sound.encode(None)):
            container.mux(packet)
        container.mux(video.encode(None))


def as_frame(samples: Samples, rate: int, start: float) -> av.AudioFrame:
    layout = "mono" if len(samples) == 1 else "stereo"
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples), "fltp", layout)
    frame.sample_rate, frame.pts = rate, round(start * rate)
    return frame


def heard(path: Path, seconds: float = 3.0) -> Samples:
    """The first channel at its times from 0 on, silent where there is none, at `RATE`."""
    line = np.zeros(round(RATE * seconds), np.float32)
    with av.open(str(path)) as container:
        decoder = SoundDecoder(container.streams.audio[0])
        packets = [*container.demux(audio=0), None]
        frames = [frame for packet in packets for frame in decoder.push(packet)]
    first = frames[0].pts if path.suffix == ".mp3" else 0  # the delay of its coder
    frames = [replace(frame, pts=frame.pts - first) for frame in frames]
    for frame in frames:
        assert frame.sample_rate == RATE
        begin = max(frame.pts, 0)
        piece = frame.samples[0, begin - frame.pts :][: max(line.size - begin, 0)]
        line[begin : begin + piece.size] = piece
    return line


def shift(one: Samples, other: Samples) -> int:
    """By how many samples the other is late."""
    size = 2 * one.size
    likeness = irfft(np.conj(rfft(one, size)) * rfft(other, size))
    best = int(np.argmax(likeness))
    return best - size if best > one.size else best


@pytest.mark.parametrize("suffix", CONTAINERS)
@pytest.mark.parametrize("start", [0.0, 0.5])
def test_the_voice_of_a_video_stays_in_its_place(tmp_path: Path, suffix: str, start: float) -> None:
    samples, target = bursts(RATE, 1.5), tmp_path / f"out{suffix}"
    record(tmp_path / f"in{suffix}", samples, RATE, CONTAINERS[suffix], start)
    enhance(tmp_path / f"in{suffix}", target, Settings(voice=("extend",)))
    before, after = heard(tmp_path / f"in{suffix}"), heard(target)
    assert shift(before, after) == 0
    np.testing.assert_allclose(np.linalg.norm(after), np.linalg.norm(before), rtol=0.1)


@pytest.mark.parametrize("suffix", NAMES)
def test_sound_files_keep_their_time(tmp_path: Path, suffix: str) -> None:
    samples, target = bursts(8_000, 1.0), tmp_path / f"out{suffix}"
    write_wav(tmp_path / "in.wav", samples, 8_000)
    outcome = enhance(tmp_path / "in.wav", target, Settings(voice=("extend",)))
    assert (outcome.frames, outcome.target) == (0, target)
    expected = pellucid.extend(samples, 8_000)[0]
    made = heard(target, 1.0)
    assert shift(expected, made) == 0
    assert np.linalg.norm(made - expected) < 0.5 * np.linalg.norm(expected)


def test_a_wav_file_comes_out_as_the_array_does(tmp_path: Path) -> None:
    samples = bursts(16_000, 0.5, 2)
    write_wav(tmp_path / "in.wav", samples, 16_000)
    enhance(tmp_path / "in.wav", tmp_path / "out.wav", Settings(voice=("extend",)))
    made, _ = decoded(tmp_path / "out.wav")
    expected = pellucid.extend(np.trunc(samples * 32768).astype(np.float32) / 32768, 16_000)
    np.testing.assert_allclose(made, expected[0], atol=1e-3)


def test_sound_of_a_video_is_untouched_unless_asked(tmp_path: Path) -> None:
    record(tmp_path / "in.mkv", bursts(RATE, 1.0), RATE, "flac")
    enhance(tmp_path / "in.mkv", tmp_path / "out.mkv")
    packets = [sound_packets(tmp_path / name) for name in ("in.mkv", "out.mkv")]
    assert packets[0] == packets[1]


def test_a_hole_in_the_sound_is_silent_and_moves_nothing(tmp_path: Path) -> None:
    path, samples = tmp_path / "in.mkv", bursts(RATE, 2.0)
    with av.open(str(path), "w") as container:
        video = container.add_stream("libx264", rate=25)
        video.width, video.height, video.pix_fmt = 64, 48, "yuv420p"
        sound = container.add_stream("pcm_s16le", rate=RATE)
        sound.codec_context.layout = "mono"
        grey = np.full((72, 64), 90, np.uint8)
        container.mux(video.encode(av.VideoFrame.from_ndarray(grey, "yuv420p")))
        container.mux(video.encode(None))
        for begin in (*range(0, 48_000, 4800), *range(72_000, 96_000, 4800)):
            frame = av.AudioFrame.from_ndarray(
                (samples[:, begin : begin + 4800] * 32767).astype(np.int16), "s16", "mono"
            )
            packet = av.Packet(frame.to_ndarray().tobytes())
            packet.pts = packet.dts = begin
            packet.time_base, packet.stream = sound.codec_context.time_base, sound
            container.mux(packet)
    enhance(path, tmp_path / "out.mkv", Settings(voice=("extend",)))
    made = heard(tmp_path / "out.mkv")
    assert shift(samples[0, 72_000:96_000], made[72_000:96_000]) == 0
    assert np.abs(made[50_000:70_000]).max() < 1e-3


def test_folders_hold_sounds_too(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    write_wav(tmp_path / "in" / "a.wav", bursts(8_000, 0.2), 8_000)
    results = list(enhance_folder(tmp_path / "in", tmp_path / "out", Settings()))
    assert [result.target for result in results if isinstance(result, pellucid.Outcome)] == [
        tmp_path / "out" / "a.wav"
    ]


def test_what_cannot_be_is_one_clear_error(tmp_path: Path) -> None:
    write_wav(tmp_path / "in.wav", bursts(8_000, 0.1), 8_000)
    (tmp_path / "no.wav").write_bytes(b"RIFF of nothing")
    with pytest.raises(MediaError, match="no media file"):
        enhance(tmp_path / "no.wav", tmp_path / "out.wav")
    with pytest.raises(UnsupportedMediaError, match="ends in"):
        enhance(tmp_path / "in.wav", tmp_path / "out.mp4")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.wav", "no.wav"]


def sound_packets(path: Path) -> list[bytes]:
    with av.open(str(path)) as container:
        return [bytes(packet) for packet in container.demux(audio=0) if packet.size]


def write_wav(path: Path, samples: Samples, rate: int) -> None:
    with av.open(str(path), "w") as container:
        sound = container.add_stream("pcm_s16le", rate=rate)
        sound.codec_context.layout = "mono" if len(samples) == 1 else "stereo"
        container.mux(list(sound.encode(as_frame(samples, rate, 0.0))))
        container.mux(list(sound.encode(None)))


def opus_packets(samples: Samples) -> list[av.Packet]:
    """Packets of 20 ms."""
    with av.open(io.BytesIO(), "w", format="matroska") as container:
        stream = container.add_stream("libopus", rate=RATE)
        stream.codec_context.layout = "mono"
        return [*stream.encode(as_frame(samples, RATE, 0.0)), *stream.encode(None)]


def write_opus(path: Path, samples: Samples, without: int | None = None, late: int = 0) -> None:
    """A Matroska file of sound alone, less one packet; the second half `late` samples later."""
    with av.open(str(path), "w", format="matroska") as container:
        stream = container.add_stream("libopus", rate=RATE)
        stream.codec_context.layout = "mono"
        packets = opus_packets(samples)
        for number, packet in enumerate(packets):
            packet.stream = stream
            if number >= len(packets) // 2:
                packet.pts = packet.dts = packet.pts + late
            if number != without:
                container.mux(packet)


def decoded(path: Path) -> tuple[Samples, SoundDecoder]:
    with av.open(str(path)) as container:
        decoder = SoundDecoder(container.streams.audio[0])
        packets = [p for p in container.demux(audio=0) if p.size]
        frames = [frame for packet in (*packets, None) for frame in decoder.push(packet)]
    return np.concatenate([frame.samples[0] for frame in frames]), decoder


def test_one_lost_packet_is_silent_and_moves_nothing(tmp_path: Path) -> None:
    samples = bursts(RATE, 2.0)
    write_opus(tmp_path / "whole.mkv", samples)
    write_opus(tmp_path / "lost.mkv", samples, without=40)
    (whole, _), (lost, _) = (decoded(tmp_path / name) for name in ("whole.mkv", "lost.mkv"))
    assert abs(whole.size - lost.size) <= RATE // 1000
    assert shift(whole[RATE:], lost[RATE : whole.size]) == pytest.approx(0, abs=48)


def test_a_clock_that_starts_anew_loses_nothing(tmp_path: Path) -> None:
    samples = bursts(RATE, 2.0)
    write_opus(tmp_path / "whole.mkv", samples)
    write_opus(tmp_path / "ahead.mkv", samples, late=24 * 3600 * RATE)
    write_wav(tmp_path / "in.wav", samples, RATE)
    enhance(tmp_path / "in.wav", tmp_path / "once.opus", Settings(voice=("extend",)))
    once = (tmp_path / "once.opus").read_bytes()
    (tmp_path / "twice.opus").write_bytes(once + once)
    whole, _ = decoded(tmp_path / "whole.mkv")
    for name, size in (("ahead.mkv", whole.size), ("twice.opus", 4 * RATE)):
        made, decoder = decoded(tmp_path / name)
        assert decoder.restarts == 1
        assert abs(made.size - size) <= RATE // 50


def test_times_that_jitter_are_not_followed() -> None:
    samples = bursts(RATE, 2.0)
    rng = np.random.default_rng(0)
    decoder, made = SoundDecoder(Silent()), []  # type: ignore[arg-type]
    for number in range(100):
        frame = as_frame(samples[:, number * 960 : (number + 1) * 960], RATE, 0.0)
        frame.pts = number * 960 + int(rng.integers(-800, 800))
        frame.time_base = Fraction(1, RATE)
        made += [piece.samples[0] for piece in decoder._take(frame)]
    late = np.concatenate(made)[RATE:]
    assert abs(late.size - RATE) < 0.1 * RATE
    steps = np.concatenate(made[40:])
    assert np.isin(samples[0, 60 * 960 : 90 * 960], steps).all(), "cut or padded again and again"


class Silent:
    """A stream that is not read."""


def test_damage_is_told(tmp_path: Path) -> None:
    write_wav(tmp_path / "in.wav", bursts(16_000, 4.0), 16_000)
    enhance(tmp_path / "in.wav", tmp_path / "whole.mp3")
    content = (tmp_path / "whole.mp3").read_bytes()
    (tmp_path / "cut.mp3").write_bytes(content[: len(content) // 2])
    outcome = enhance(tmp_path / "cut.mp3", tmp_path / "out.wav")
    assert any("early" in sentence for sentence in outcome.warnings)
    assert enhance(tmp_path / "whole.mp3", tmp_path / "out2.wav").warnings == ()


def test_tags_stay_whatever_the_container(tmp_path: Path) -> None:
    samples = bursts(RATE, 0.3)
    with av.open(str(tmp_path / "a.flac"), "w") as container:
        container.metadata["title"] = "Tuesday"
        sound = container.add_stream("flac", rate=RATE)
        sound.codec_context.layout = "mono"
        container.mux([*sound.encode(as_frame(samples, RATE, 0.0)), *sound.encode(None)])
    chain = [f"a{suffix}" for suffix in (".flac", ".opus", ".m4a", ".mp3", ".ogg", ".flac")]
    for number, (before, after) in enumerate(pairwise(chain)):
        target = tmp_path / f"{number + 1}" / after
        target.parent.mkdir()
        source = tmp_path / (str(number) if number else "") / before
        enhance(source, target)
        with av.open(str(target)) as container:
            tags = {**container.metadata, **container.streams.audio[0].metadata}
        assert {key.lower(): text for key, text in tags.items()}["title"] == "Tuesday"
        assert "major_brand" not in tags or after.endswith(".m4a")


def test_many_channels_are_kept_or_refused_by_name(tmp_path: Path) -> None:
    with av.open(str(tmp_path / "in.mkv"), "w") as container:
        sound = container.add_stream("ac3", rate=RATE)
        sound.codec_context.layout = "5.1(side)"
        samples = np.repeat(bursts(RATE, 0.5), 6, axis=0)
        frame = av.AudioFrame.from_ndarray(samples, "fltp", "5.1(side)")
        frame.sample_rate, frame.pts = RATE, 0
        container.mux([*sound.encode(frame), *sound.encode(None)])
    (tmp_path / "in.mkv").rename(tmp_path / "in.m4a")  # a name that says sound
    enhance(tmp_path / "in.m4a", tmp_path / "out.opus", Settings(voice=("extend",)))
    with av.open(str(tmp_path / "out.opus")) as container:
        assert container.streams.audio[0].codec_context.layout.nb_channels == 6
    with pytest.raises(UnsupportedMediaError, match=r"libmp3lame cannot hold 5.1\(side\) sound"):
        enhance(tmp_path / "in.m4a", tmp_path / "out.mp3")


def test_no_decoder_and_no_work_are_one_clear_error(tmp_path: Path) -> None:
    write_wav(tmp_path / "a.wav", bursts(8_000, 0.1), 8_000)
    content = bytearray((tmp_path / "a.wav").read_bytes())
    content[20:22] = b"\x99\x99"  # the format's tag
    (tmp_path / "strange.wav").write_bytes(content)
    with pytest.raises(UnsupportedMediaError, match="no decoder"):
        enhance(tmp_path / "strange.wav", tmp_path / "out.wav")
    with pytest.raises(MediaError, match="nothing to do"):
        enhance(tmp_path / "a.wav", tmp_path / "out.wav", AS_IT_IS)
    record(tmp_path / "video.mp4", bursts(RATE, 0.5), RATE, "aac")
    (tmp_path / "video.mp4").rename(tmp_path / "video.m4a")
    with pytest.raises(UnsupportedMediaError, match="holds a video"):
        enhance(tmp_path / "video.m4a", tmp_path / "out.wav")


def test_one_bad_sound_does_not_stop_a_folder(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.wav").write_bytes(b"no sound")
    write_wav(tmp_path / "in" / "b.wav", bursts(8_000, 0.2), 8_000)
    bad, good = enhance_folder(tmp_path / "in", tmp_path / "out", Settings())
    assert isinstance(bad, Failure)
    assert isinstance(good, pellucid.Outcome)
    assert not list(enhance_folder(tmp_path / "in", tmp_path / "no", AS_IT_IS))
