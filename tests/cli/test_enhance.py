"""`pellucid enhance` as a user meets it: the good case whole, every bad one in a line."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from command import COMMAND, fails, pellucid
from pellucid.audio.files import write_sound

SAMPLE = Path(__file__).parents[2] / "samples" / "call.mp4"
TINY = (32, 24)


def make_clip(path: Path, frames: int = 6, codec: str = "libx264") -> Path:
    rng = np.random.default_rng(0)
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=Fraction(25))
        stream.width, stream.height, stream.pix_fmt = *TINY, "yuv420p"
        for _ in range(frames):
            pixels = rng.integers(0, 255, (*TINY[::-1], 3)).astype(np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(pixels)))
        container.mux(stream.encode(None))
    return path


def times_of(path: Path) -> list[Fraction]:
    with av.open(str(path)) as container:
        return sorted(f.pts * f.time_base for f in container.decode(video=0))


def packets_of(path: Path, kind: str) -> list[tuple[Fraction, bytes]]:
    with av.open(str(path)) as container:
        stream = container.streams.get({kind: 0})[0]
        packets = [p for p in container.demux(stream) if p.size]
        return [(p.pts * p.time_base, bytes(p)) for p in packets]


@pytest.fixture(scope="module")
def enhanced(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("enhanced") / "out.mp4"
    done = pellucid("enhance", SAMPLE, out)
    assert done.returncode == 0, done.stderr
    assert "960x720, 132 frames" in done.stdout
    return out


def test_the_sample_doubles_and_keeps_every_time(enhanced: Path) -> None:
    with av.open(str(enhanced)) as container:
        video = container.streams.video[0]
        assert (video.width, video.height) == (960, 720)
    assert len(times_of(SAMPLE)) == 132
    assert times_of(enhanced) == times_of(SAMPLE)


def test_the_samples_sound_is_untouched(enhanced: Path) -> None:
    sound = packets_of(SAMPLE, "audio")
    assert len(sound) > 200
    assert packets_of(enhanced, "audio") == sound


def test_the_sample_comes_out_nearer_to_what_was_sent_than_bicubic(enhanced: Path) -> None:
    original = SAMPLE.with_name("reference.mp4")
    look = enhanced.with_name("look.png")
    done = pellucid("compare", original, enhanced, "--before", SAMPLE, "--picture", look, "--json")
    scores = json.loads(done.stdout)
    assert scores["output"]["psnr"] > scores["before"]["psnr"]
    assert scores["output"]["vmaf_neg"] > scores["before"]["vmaf_neg"]
    assert Path(scores["picture"]).stat().st_size > 100_000


def test_json_is_one_object_that_says_what_happened(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "a.mp4")
    done = pellucid("enhance", clip, "--json")
    result = json.loads(done.stdout)
    assert result["status"] == "done"
    assert (result["width"], result["height"], result["frames"]) == (64, 48, 6)
    assert result["target"] == str(tmp_path / "a-clear.mp4")
    assert done.stderr == ""


def test_lossless_output_is_the_upscalers_very_bytes(tmp_path: Path) -> None:
    import pellucid as library

    clip = make_clip(tmp_path / "a.mp4")
    assert pellucid("enhance", clip, tmp_path / "b.mkv", "--codec", "ffv1").returncode == 0
    upscaler = library.Upscaler()
    with av.open(str(clip)) as before, av.open(str(tmp_path / "b.mkv")) as after:
        pairs = list(zip(before.decode(video=0), after.decode(video=0), strict=True))
    assert len(pairs) == 6
    for low, high in pairs:
        luma = low.to_ndarray()[: TINY[1]]
        np.testing.assert_array_equal(high.to_ndarray()[: 2 * TINY[1]], upscaler.upscale(luma))


def test_json_tells_of_failures_too(tmp_path: Path) -> None:
    done = pellucid("enhance", tmp_path / "missing.mp4", "--json")
    assert done.returncode == 1
    result = json.loads(done.stdout)
    assert result["status"] == "failed"
    assert "no such file" in result["reason"]
    done = pellucid("enhance", tmp_path / "missing.mp4", "--codec", "h246", "--json")
    assert "codec" in json.loads(done.stdout)["reason"]


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp"])
def test_a_picture_doubles(tmp_path: Path, suffix: str) -> None:
    picture = tmp_path / f"a{suffix}"
    Image.fromarray(np.full((12, 20, 3), (200, 30, 90), np.uint8)).save(picture)
    done = pellucid("enhance", picture)
    assert done.returncode == 0, done.stderr
    made = np.asarray(Image.open(tmp_path / f"a-clear{suffix}").convert("RGB"))
    assert made.shape == (24, 40, 3)
    assert np.abs(made.astype(int) - (200, 30, 90)).max() <= 4


def test_a_folder_goes_on_past_a_bad_file_and_skips_what_is_done(tmp_path: Path) -> None:
    folder, out = tmp_path / "calls", tmp_path / "out"
    (folder / "deep").mkdir(parents=True)
    make_clip(folder / "a.mp4")
    make_clip(folder / "deep" / "b.mkv")
    (folder / "bad.mp4").write_text("no video")
    (folder / "notes.txt").write_text("no media")
    first = pellucid("enhance", folder, out)
    assert first.returncode == 1
    count, complaint = first.stderr.splitlines()
    assert "1 of 3 files failed" in count
    assert "bad.mp4" in complaint
    assert sorted(path.name for path in out.rglob("*") if path.is_file()) == ["a.mp4", "b.mkv"]
    (folder / "bad.mp4").unlink()
    second = pellucid("enhance", folder, out)
    assert second.returncode == 0
    assert second.stdout.count("skipped") == 2


def test_a_folder_into_itself_is_refused_and_one_inside_is_not_enhanced_again(
    tmp_path: Path,
) -> None:
    make_clip(tmp_path / "a.mp4")
    fails(1, "is the source itself", "enhance", tmp_path, tmp_path / "x" / "..")
    inside = tmp_path / "out"
    for _ in range(2):
        assert pellucid("enhance", tmp_path, inside).returncode == 0
    assert [path.name for path in inside.rglob("*")] == ["a.mp4"]


def test_a_folder_run_leaves_out_what_an_earlier_one_made_beside_its_source(
    tmp_path: Path,
) -> None:
    (tmp_path / "in").mkdir()
    make_clip(tmp_path / "in" / "a.mp4")
    make_clip(tmp_path / "in" / "b-clear.mp4")  # a name of the user's own
    assert pellucid("enhance", tmp_path / "in" / "a.mp4").returncode == 0
    assert pellucid("enhance", tmp_path / "in", tmp_path / "out").returncode == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["a.mp4", "b-clear.mp4"]


def test_other_kinds_of_pictures_are_refused_by_kind(tmp_path: Path) -> None:
    Image.new("RGB", (8, 8)).save(tmp_path / "a.bmp")
    fails(1, "convert it to PNG, JPEG or WebP", "enhance", tmp_path / "a.bmp")


def test_a_file_in_place_of_the_output_folder_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    make_clip(tmp_path / "in" / "a.mp4")
    (tmp_path / "file").write_text("")
    fails(
        1, "is a file, expected the name of a folder", "enhance", tmp_path / "in", tmp_path / "file"
    )


def test_a_container_that_loses_times_becomes_mkv(tmp_path: Path) -> None:
    make_clip(tmp_path / "old.avi", codec="mpeg4")
    assert pellucid("enhance", tmp_path / "old.avi").returncode == 0
    assert (tmp_path / "old-clear.mkv").exists()


def test_progress_counts_every_frame(tmp_path: Path) -> None:
    import pellucid as library

    clip = make_clip(tmp_path / "a.mp4")
    seen: list[tuple[Path, int, int | None]] = []
    library.enhance(clip, tmp_path / "b.mp4", progress=lambda *told: seen.append(told))
    assert seen == [(clip, done, 6) for done in range(1, 7)]


def test_damaged_packets_in_the_middle_are_concealed_and_counted(tmp_path: Path) -> None:
    damaged = bytearray(SAMPLE.read_bytes())
    with av.open(str(SAMPLE)) as container:
        packets = [p for p in container.demux(video=0) if p.size]
        for packet in packets[40:44]:
            assert packet.pos is not None
            damaged[packet.pos : packet.pos + packet.size] = b"\xff" * packet.size
    (tmp_path / "damaged.mp4").write_bytes(damaged)
    done = pellucid(
        "enhance", tmp_path / "damaged.mp4", tmp_path / "out.mp4", "--preset", "ultrafast"
    )
    assert done.returncode == 0
    assert "damaged frames were concealed" in done.stderr
    assert times_of(tmp_path / "out.mp4") == times_of(SAMPLE)


def test_bad_input_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "text.mp4").write_text("this is no video\n" * 100)
    whole = SAMPLE.read_bytes()
    (tmp_path / "cut.mp4").write_bytes(whole[: len(whole) // 2])
    with av.open(str(tmp_path / "sound.mp4"), "w") as container:
        stream = container.add_stream("aac", rate=48_000, layout="mono")
        sound = av.AudioFrame.from_ndarray(np.zeros((1, 4800), np.float32), "fltp", "mono")
        sound.sample_rate = 48_000
        container.mux(stream.encode(sound))
        container.mux(stream.encode(None))
    fails(1, "no such file", "enhance", tmp_path / "missing.mp4")
    fails(1, "holds no video, picture or sound", "enhance", tmp_path / "empty")
    fails(1, "text.mp4", "enhance", tmp_path / "text.mp4")
    fails(1, "cut.mp4", "enhance", tmp_path / "cut.mp4")
    fails(1, "holds sound but no video", "enhance", tmp_path / "sound.mp4")
    left = {path.name for path in tmp_path.rglob("*")}
    assert left == {"empty", "text.mp4", "cut.mp4", "sound.mp4"}


def test_a_video_without_frames_is_one_clear_line(tmp_path: Path) -> None:
    with av.open(str(tmp_path / "none.mkv"), "w") as container:
        stream = container.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = *TINY, "yuv420p"
        container.start_encoding()
    fails(1, "none.mkv", "enhance", tmp_path / "none.mkv")
    assert {path.name for path in tmp_path.iterdir()} == {"none.mkv"}


def test_bad_models_are_one_clear_line(tmp_path: Path) -> None:
    import pellucid.artifact

    clip = make_clip(tmp_path / "a.mp4")
    model = bytearray(pellucid.artifact.find_model("standard").read_bytes())
    model[-5] ^= 64
    (tmp_path / "damaged.safetensors").write_bytes(model)
    (tmp_path / "foreign.safetensors").write_text("weights? no")
    fails(1, "damaged model file", "enhance", clip, "--model", tmp_path / "damaged.safetensors")
    fails(1, "not a readable model", "enhance", clip, "--model", tmp_path / "foreign.safetensors")
    fails(1, "shipped models: clean, lite, standard", "enhance", clip, "--model", "standrad")
    assert not (tmp_path / "a-clear.mp4").exists()


def test_bad_targets_are_one_clear_line_and_harm_nothing(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "a.mp4")
    before = clip.read_bytes()
    (tmp_path / "there.mp4").write_text("precious")
    (tmp_path / "link.mp4").symlink_to(clip)
    Image.new("RGB", (8, 8)).save(tmp_path / "p.png")
    fails(
        1, "is the source itself", "enhance", tmp_path / "p.png", tmp_path / "p.png", "--overwrite"
    )
    (tmp_path / "p.png").unlink()
    fails(1, "exists already", "enhance", clip, tmp_path / "there.mp4")
    fails(1, "is the source itself", "enhance", clip, clip, "--overwrite")
    fails(1, "is the source itself", "enhance", clip, tmp_path / "link.mp4", "--overwrite")
    fails(1, "folder does not exist", "enhance", clip, tmp_path / "no" / "where.mp4")
    fails(1, "expected a name that ends in", "enhance", clip, tmp_path / "out.txt")
    fails(1, "codec", "enhance", clip, tmp_path / "out.mp4", "--codec", "h246")
    assert clip.read_bytes() == before
    assert (tmp_path / "there.mp4").read_text() == "precious"
    assert {p.name for p in tmp_path.iterdir()} == {"a.mp4", "there.mp4", "link.mp4"}


def test_wrong_usage_ends_with_two(tmp_path: Path) -> None:
    assert pellucid("enhance").returncode == 2
    assert pellucid("enhance", "a.mp4", "--threads", "0").returncode == 2
    assert pellucid("enhence", "a.mp4").returncode == 2


@pytest.mark.skipif(os.geteuid() != 0 or not sys.platform.startswith("linux"), reason="mounts")
def test_a_full_disk_is_one_clear_line_and_leaves_nothing(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "none", str(disk)], check=True)
    try:
        fails(1, "the disk is full", "enhance", SAMPLE, disk / "out.mp4")
        fails(1, "the disk is full", "enhance", SAMPLE.with_name("call.wav"), disk / "out.wav")
        assert list(disk.iterdir()) == []
    finally:
        subprocess.run(["umount", str(disk)], check=True)


@pytest.fixture(scope="module")
def long_sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An hour of noise, so that there is a middle to be killed in."""
    path = tmp_path_factory.mktemp("long") / "in.wav"
    noise = np.random.default_rng(0).normal(0, 0.05, (1, 8_000 * 60)).astype(np.float32)
    write_sound(path, np.tile(noise, 60), 8_000)
    return path


@pytest.mark.parametrize("name", ["out.mp4", "out.flac"])
@pytest.mark.parametrize(
    ("number", "status"),
    [
        (signal.SIGINT, 130),
        (signal.SIGTERM, 143),
        (signal.SIGHUP, 143),
        (signal.SIGKILL, -9),
    ],
)
def test_killed_in_the_middle_nothing_stands_under_the_name(
    tmp_path: Path, long_sound: Path, number: signal.Signals, status: int, name: str
) -> None:
    out = tmp_path / name
    command = [*COMMAND, "enhance", str(long_sound if out.suffix == ".flac" else SAMPLE), str(out)]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    for _ in range(600):
        if any(path.stat().st_size > 1000 for path in tmp_path.iterdir()):
            break
        time.sleep(0.05)
    else:
        pytest.fail("the command wrote nothing within half a minute")
    running.send_signal(number)
    _, complaint = running.communicate(timeout=30)
    assert running.returncode == status
    assert not out.exists()
    if number != signal.SIGKILL:
        assert list(tmp_path.iterdir()) == []
        assert complaint.decode().strip().count("\n") == 0


def test_an_unwritable_folder_is_one_clear_line(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "a.mp4")
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o555)
    if os.geteuid() != 0:
        fails(1, "cannot be written", "enhance", clip, locked / "out.mp4")
        return
    # Root may write anywhere but on a read-only disk.
    subprocess.run(["mount", "-t", "tmpfs", "-o", "ro", "none", str(locked)], check=True)
    try:
        fails(1, "read-only", "enhance", clip, locked / "out.mp4")
    finally:
        subprocess.run(["umount", str(locked)], check=True)


def test_a_name_that_looks_like_markup_is_a_name(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "a.mp4")
    odd = Path(shutil.copy(clip, tmp_path / "[bold] 12:30 ünï.mp4"))
    done = pellucid("enhance", odd)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "[bold] 12:30 ünï-clear.mp4").exists()
