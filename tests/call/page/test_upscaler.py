"""In a page every backend gives the bytes of the references; reuse and threads change none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page

from call.page.browser import CHROMIUM, page_at
from call.page.streams import (
    PROBE,
    check,
    encode,
    enlarge,
    frame_of,
    model_bytes,
    outgoing,
    plane,
    stream,
)
from pellucid.artifact import shipped_models
from pellucid.frames import VideoFrame
from pellucid.video.integer import Network
from pellucid.video.model import load, load_at, with_strength
from video.networks import gated_or_not, random_network

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Debian's chromium")
BACKENDS = ["wasm", "webgpu"]
SIZES = [(1, 1), (2, 3), (5, 9), (16, 16), (17, 33), (31, 18)]
FLATTER = [1, 8, 40, 120, 255]  # what pictures are divided by, so that they look coded harder


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with page_at("tests/call/page/blank.html") as page:
        yield page


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", sorted(shipped_models()))
def test_shipped_models_give_the_bytes_of_the_reference(
    page: Page, name: str, backend: str
) -> None:
    path = shipped_models()[name]
    frames = [frame_of(*size, seed) for seed, size in enumerate(SIZES)]
    streams = [stream(path.read_bytes(), [frame], backend=backend) for frame in frames]
    for frame, made in zip(frames, enlarge(page, streams), strict=True):
        check(load(path)[0], [frame], made)


@pytest.mark.parametrize(("backend", "count"), [("wasm", 40), ("webgpu", 10)])
def test_networks_of_every_shape_give_the_bytes_of_the_reference(
    page: Page, tmp_path: Path, backend: str, count: int
) -> None:
    cases = [random_case(seed) for seed in range(count)]
    streams = [
        stream(model_bytes(network, tmp_path), [frame], backend=backend) for network, frame in cases
    ]
    for (network, frame), made in zip(cases, enlarge(page, streams), strict=True):
        check(network, [frame], made)


@pytest.mark.parametrize("backend", BACKENDS)
def test_reuse_changes_no_byte_and_does_reuse(page: Page, backend: str) -> None:
    path = shipped_models()["standard"]
    frames = changing(frame_of(40, 56), 6)
    (made,) = enlarge(page, [stream(path.read_bytes(), frames, backend=backend)])
    check(load(path)[0], frames, made)
    shares = [reply["share"] for reply in made]
    assert shares[0] == 0
    assert max(shares) > 0.3
    (whole,) = enlarge(page, [stream(path.read_bytes(), frames, backend=backend, reuse=False)])
    assert all(reply["share"] == 0 for reply in whole)
    assert [reply["frame"] for reply in whole] == [reply["frame"] for reply in made]


def test_the_gate_follows_the_latest_pictures(page: Page, tmp_path: Path) -> None:
    network = gated_or_not(random_network(1, 3, 1, 8), 6)
    rng = np.random.default_rng(1)
    frames = [frame_of(24, 33, seed) for seed in range(9)]
    frames = [replace(frame, y=frame.y // np.uint8(rng.choice(FLATTER))) for frame in frames]
    (made,) = enlarge(page, [stream(model_bytes(network, tmp_path), frames, backend="wasm")])
    check(network, frames, made)
    levels = [reply["level"] for reply in made]
    assert len(set(levels)) > 1
    assert levels != [network.level(frame.y) for frame in frames]


@pytest.mark.parametrize("threads", [1, 2, 3, 7])
def test_threads_change_no_byte(page: Page, threads: int) -> None:
    path = shipped_models()["lite"]
    settings = {"backend": "wasm", "threads": threads}
    frames = changing(frame_of(21, 34), 4)
    (made,) = enlarge(page, [stream(path.read_bytes(), frames, **settings)])
    check(load(path)[0], frames, made)


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_stream_may_change_its_size_and_have_no_colour(page: Page, backend: str) -> None:
    path = shipped_models()["lite"]
    grey = replace(frame_of(20, 31), u=None, v=None)
    frames = [frame_of(20, 31), frame_of(24, 16, 3, "center"), grey, frame_of(20, 31)]
    (made,) = enlarge(page, [stream(path.read_bytes(), frames, backend=backend)])
    check(load(path)[0], frames, made)
    assert made[2]["frame"]["u"] is None


@pytest.mark.parametrize("strength", [0, 0.1, 0.37, 0.8, 1])
def test_between_two_models_is_pythons(page: Page, strength: float) -> None:
    """Of each level, so that a mixed network of each is seen."""
    path = shipped_models()["vivid"]
    frames = [frame_of(24, 32, seed) for seed in range(len(FLATTER))]
    frames = [replace(f, y=f.y // np.uint8(by)) for f, by in zip(frames, FLATTER, strict=True)]
    streams = [
        stream(path.read_bytes(), [frame], backend="wasm", strength=strength) for frame in frames
    ]
    network = load_at("vivid", strength)[0]
    for frame, made in zip(frames, enlarge(page, streams), strict=True):
        check(network, [frame], made)


@pytest.mark.parametrize("strength", [0, 0.37, 2])
def test_strength_is_pythons(page: Page, strength: float) -> None:
    path = shipped_models()["lite"]
    frame = frame_of(12, 19)
    (made,) = enlarge(page, [stream(path.read_bytes(), [frame], backend="wasm", strength=strength)])
    check(with_strength(load(path)[0], strength), [frame], made)


def test_a_video_frame_keeps_its_bytes(page: Page) -> None:
    for size in ((16, 16), (18, 32), (17, 33)):
        frame = frame_of(*size)
        call = f"async (frame) => (await import('{PROBE}')).throughVideoFrame(frame)"
        back = page.evaluate(call, outgoing(frame))
        for name in ("y", "u", "v"):
            np.testing.assert_array_equal(plane(back, name), getattr(frame, name))


def test_a_damaged_model_is_refused(page: Page) -> None:
    whole = shipped_models()["standard"].read_bytes()
    flipped = whole[:-1] + bytes([whole[-1] ^ 1])
    for damaged, words in (
        (flipped, "do not match their digest"),
        (whole[:5], "too short"),
        (whole[:300], "cut off"),
        (whole[:8] + b"[" + whole[9:], "cannot be read"),
    ):
        assert words in refusal(page, {"model": {"base64": encode(damaged)}}, "ModelError")


def test_settings_are_checked(page: Page) -> None:
    assert "no such model" in refusal(page, {"model": "huge"}, "ModelError")
    assert "got colour" in refusal(page, {"colour": 1}, "TypeError")
    assert "got cuda" in refusal(page, {"backend": "cuda"}, "TypeError")
    assert "got 0" in refusal(page, {"threads": 0}, "TypeError")
    assert "strength" in refusal(page, {"strength": 3}, "ModelError")
    assert "strength" in refusal(page, {"model": "vivid", "strength": 1.1}, "ModelError")


def refusal(page: Page, settings: dict[str, object], kind: str) -> str:
    call = f"async (settings) => (await import('{PROBE}')).refusal(settings)"
    name, message = page.evaluate(call, settings)
    assert name == kind
    return str(message)


def random_case(seed: int) -> tuple[Network, VideoFrame]:
    rng = np.random.default_rng(seed)
    widest = int(rng.choice([1, 3, 8, 16, 17, 24, 40]))
    plain = random_network(seed, int(rng.integers(1, 6)), int(rng.integers(1, 3)), widest)
    network = gated_or_not(plain, int(rng.integers(1, 4)))
    return network, frame_of(*rng.integers(1, 30, 2).tolist(), seed)


def changing(frame: VideoFrame, count: int) -> list[VideoFrame]:
    """Frames of one scene, in which a patch, a pixel or nothing changes from one to the next."""
    frames = [frame]
    for number in range(1, count):
        y = frames[-1].y.copy()
        if number % 3 == 1:
            y[3:6, 5 : 5 + number] ^= 9
        elif number % 3 == 2:
            y[-1, -1] ^= 1
        frames.append(replace(frame, y=y))
    return frames
