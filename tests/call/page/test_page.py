"""A video that plays in a page is enlarged; where it cannot be, it still shows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from call.page.browser import CHROMIUM, ROOT, page_at, served

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Debian's chromium")
EXAMPLE = Path("examples/upscaled_page.html")
CALL, LARGE = "/samples/call.mp4", [960, 720]
# Puts a video that plays into the page, and waits for its first picture.
PLAY = """async ({address, settings}) => {
  const {upscale} = await import("/src/pellucid/call/page/upscaler/pellucid.js");
  document.body.innerHTML = `<video muted loop autoplay src="${address}"></video>`;
  window.video = document.querySelector("video");
  await new Promise((there) => video.requestVideoFrameCallback(there));
  window.running = await upscale(video, settings);
}"""
# Whether a picture has more than one colour.
ALIVE = """(picture) => {
  const canvas = Object.assign(document.createElement("canvas"), {width: 96, height: 72});
  const context = canvas.getContext("2d");
  context.drawImage(picture, 0, 0, 96, 72);
  return new Set(new Uint32Array(context.getImageData(0, 0, 96, 72).data.buffer)).size > 100;
}"""


@pytest.fixture(scope="module")
def shared() -> Iterator[Page]:
    with page_at("tests/call/page/blank.html") as page:
        yield page


@pytest.fixture
def page(shared: Page) -> Page:
    shared.reload()
    return shared


def play(page: Page, address: str = CALL, **settings: Any) -> None:
    page.evaluate(PLAY, {"address": address, "settings": settings})


def wait_for_frames(page: Page, count: int = 5) -> dict[str, Any]:
    page.wait_for_function(f"running.stats.frames >= {count}")
    stats: dict[str, Any] = page.evaluate("running.stats")
    return stats


def test_the_example_page_is_short_and_draws_the_call() -> None:
    assert len((ROOT / EXAMPLE).read_text().splitlines()) <= 40
    with page_at(str(EXAMPLE)) as page:
        page.wait_for_function(
            "JSON.parse(document.querySelector('pre').textContent || '{}').frames >= 5"
        )
        canvas = page.query_selector("canvas")
        assert canvas
        assert canvas.evaluate("(canvas) => [canvas.width, canvas.height]") == LARGE
        assert canvas.evaluate(ALIVE)


def test_a_canvas_takes_the_videos_place(page: Page) -> None:
    play(page, model="lite", backend="wasm", threads=1)
    stats = wait_for_frames(page)
    assert stats["backend"] == "wasm"
    assert stats["reasons"]["ok"] >= 5
    assert stats["fps"] > 0 < stats["ms"]
    assert page.evaluate("getComputedStyle(video).display") == "none"
    assert page.evaluate("[running.canvas.width, running.canvas.height]") == LARGE
    assert page.evaluate("running.canvas === video.nextSibling")
    assert page.evaluate_handle("running.canvas").evaluate(ALIVE)


def test_a_track_carries_the_enlarged_video(page: Page) -> None:
    play(page, model="lite", backend="wasm", track=True)
    page.evaluate("""() => {
      window.shown = Object.assign(document.createElement("video"), {muted: true, autoplay: true});
      shown.srcObject = new MediaStream([running.track]);
    }""")
    wait_for_frames(page)
    page.wait_for_function("shown.videoWidth > 0")
    assert page.evaluate("[shown.videoWidth, shown.videoHeight]") == LARGE
    page.evaluate("new Promise((there) => shown.requestVideoFrameCallback(there))")
    assert page.evaluate_handle("shown").evaluate(ALIVE)


def test_stopping_ends_it(page: Page) -> None:
    play(page, model="lite", backend="wasm")
    wait_for_frames(page)
    frames = page.evaluate("running.stop(), running.stats.frames")
    page.evaluate("new Promise((there) => video.requestVideoFrameCallback(there))")
    page.evaluate("new Promise((there) => video.requestVideoFrameCallback(there))")
    assert page.evaluate("running.stats.frames") == frames


def test_a_page_without_simd_shows_the_browsers_scaling(page: Page) -> None:
    page.evaluate("WebAssembly.validate = () => false")
    play(page)
    stats = wait_for_frames(page)
    assert (stats["backend"], stats["reason"]) == ("browser", "no_simd")
    assert page.evaluate("[running.canvas.width, running.canvas.height]") == LARGE
    assert page.evaluate_handle("running.canvas").evaluate(ALIVE)


def test_another_upscaler_goes_on_when_one_breaks_down(page: Page) -> None:
    play(page, model="lite", backend="wasm", threads=1)
    wait_for_frames(page)
    page.evaluate("""() => {
      const post = Worker.prototype.postMessage;
      Worker.prototype.postMessage = function () {
        Worker.prototype.postMessage = post;
        throw new Error("a worker that broke down");
      };
    }""")
    page.wait_for_function("running.stats.reasons.failed >= 1")
    ok = page.evaluate("running.stats.reasons.ok")
    page.wait_for_function(f"running.stats.reasons.ok >= {ok + 3}")
    assert page.evaluate("running.stats.backend") == "wasm"


def test_a_video_of_another_site_shows_the_browsers_scaling(page: Page) -> None:
    with served(ROOT) as elsewhere:
        play(page, elsewhere + CALL, model="lite", backend="wasm")
        stats = wait_for_frames(page)
    assert stats["reason"] == "unreadable"
    assert page.evaluate("[running.canvas.width, running.canvas.height]") == LARGE


def test_the_fastest_backend_is_no_software_that_plays_a_graphics_processor(page: Page) -> None:
    tried = page.evaluate("""async () => {
      const {Upscaler} = await import("/src/pellucid/call/page/upscaler/pellucid.js");
      const upscaler = await Upscaler.start({model: "lite", size: [32, 24]});
      return [upscaler.backend, upscaler.tried.map(({name, reason}) => [name, reason])];
    }""")
    assert tried == ["wasm", [["wasm", "ok"], ["webgpu", "software"]]]
