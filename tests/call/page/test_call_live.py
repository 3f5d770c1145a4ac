"""Whole calls: the page in Chromium, with a camera of its own, against `pellucid serve`."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.request import urlopen

import pytest

pytest.importorskip("aiortc")
from playwright.sync_api import Page, expect

from call.page.browser import CAMERA, CHROMIUM, PATIENCE_MS, WEBGPU, page_of

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Debian's chromium")
# Keeps what a page makes, so that tests see what becomes of it.
WATCHED = """
  window.made = {peers: [], sockets: [], tracks: []};
  for (const [list, name] of [["peers", "RTCPeerConnection"], ["sockets", "WebSocket"]]) {
    const Plain = window[name];
    window[name] = class extends Plain {
      constructor(...given) {
        super(...given);
        made[list].push(this);
      }
    };
  }
  const plain = RTCPeerConnection.prototype.addTransceiver;
  RTCPeerConnection.prototype.addTransceiver = function (track, ...given) {
    if (typeof track !== "string") made.tracks.push(track);
    return plain.call(this, track, ...given);
  };
"""
# Whether a picture has many colours.
ALIVE = """(picture) => {
  const canvas = Object.assign(document.createElement("canvas"), {width: 96, height: 72});
  const context = canvas.getContext("2d");
  context.drawImage(picture, 0, 0, 96, 72);
  return new Set(new Uint32Array(context.getImageData(0, 0, 96, 72).data.buffer)).size > 100;
}"""
LOUDEST = """async (video) => {
  const sound = new AudioContext();
  const meter = sound.createAnalyser();
  sound.createMediaStreamSource(video.srcObject).connect(meter);
  const samples = new Float32Array(meter.fftSize);
  let loudest = 0;
  for (let turn = 0; turn < 20; turn += 1) {
    await new Promise((done) => setTimeout(done, 50));
    meter.getFloatTimeDomainData(samples);
    loudest = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), loudest);
  }
  await sound.close();
  return loudest;
}"""
SENT = """async () => {
  const report = [...(await made.peers.at(-1).getStats()).values()];
  const video = report.find(({type, kind}) => type === "outbound-rtp" && kind === "video");
  const codec = report.find(({id}) => id === video?.codecId);
  return [codec?.mimeType, video?.frameWidth, video?.frameHeight];
}"""


@contextmanager
def serving(*options: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """A server in a process of its own, by its address."""
    words = [sys.executable, "-m", "pellucid.cli", "serve", "--port", "0", *options]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            yield process.stdout.readline().removeprefix("Open ").strip(), process
        finally:
            process.terminate()


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serving() as (address, _):
        yield address


@pytest.fixture(scope="module")
def shared(address: str) -> Iterator[Page]:
    expect.set_options(timeout=PATIENCE_MS)
    with page_of(address, *CAMERA, *WEBGPU) as page:
        page.add_init_script(WATCHED)
        yield page


@pytest.fixture
def page(shared: Page, address: str) -> Page:
    shared.goto(address)
    return shared


def start(page: Page, source: str = "clip", codec: str = "VP8") -> None:
    page.locator("#codec").select_option(codec)
    page.locator(f"[data-start={source}]").click()
    expect(page.locator("body")).to_have_attribute("data-state", "live")


def until(page: Page, true: Callable[[], bool]) -> None:
    """Ask again and again; the page's policy forbids playwright to wait inside it."""
    end = time.monotonic() + PATIENCE_MS / 1000
    while not true():
        assert time.monotonic() < end
        page.wait_for_timeout(100)


def calls_at(address: str) -> int:
    with urlopen(f"{address}health") as reply:
        return int(json.load(reply)["calls"])


@contextmanager
def told_to(page: Page) -> Iterator[list[dict[str, Any]]]:
    """Settings that the server says are so, from the next call on."""
    told: list[dict[str, Any]] = []

    def hear(frame: str | bytes) -> None:
        message = json.loads(frame)
        if message["type"] == "settings":
            told.append(message)

    def open_(socket: Any) -> None:
        socket.on("framereceived", hear)

    page.on("websocket", open_)
    yield told
    page.remove_listener("websocket", open_)


@pytest.mark.parametrize("codec", ["VP8", "H264"])
def test_the_camera_comes_back_twice_as_large(page: Page, codec: str) -> None:
    start(page, "camera", codec)
    expect(page.locator("#readout")).to_contain_text("480 × 360 → 960 × 720")
    assert page.locator("#back").evaluate(ALIVE)
    assert page.evaluate(SENT) == [f"video/{codec}", 480, 360]
    expect(page.locator("#source")).to_have_value("camera")
    expect(page.locator("#error")).to_be_hidden()


def test_the_clip_is_heard_and_every_chart_has_numbers(page: Page) -> None:
    start(page)
    until(page, lambda: page.locator("#back").evaluate(LOUDEST) > 0.01)
    numbers = page.locator("figure li > b")
    assert numbers.count() > 8
    until(page, lambda: "–" not in numbers.all_inner_texts())
    for canvas in page.locator("figure canvas").all():
        until(page, lambda canvas=canvas: inked(canvas))


def inked(canvas: Any) -> bool:
    body = """(canvas) => canvas.getContext("2d")
      .getImageData(0, 0, canvas.width, canvas.height).data.some(Boolean)"""
    return bool(canvas.evaluate(body))


def test_the_source_may_change_while_the_call_goes_on(page: Page) -> None:
    start(page, "camera")
    page.locator("#source").select_option("clip")
    until(page, lambda: page.evaluate("made.tracks.map((track) => track.readyState)[0]") == "ended")
    until(page, lambda: page.locator("#back").evaluate(LOUDEST) > 0.01)
    assert page.evaluate("made.peers.length") == 1


def test_another_codec_is_another_call(page: Page) -> None:
    start(page)
    page.locator("#codec").select_option("H264")
    until(page, lambda: page.evaluate("made.peers.length") == 2)
    expect(page.locator("body")).to_have_attribute("data-state", "live")
    until(page, lambda: page.evaluate(SENT)[0] == "video/H264")
    assert page.evaluate("made.peers[0].connectionState") == "closed"


def test_off_comes_back_as_it_was_and_the_browser_enlarges_by_itself(page: Page) -> None:
    start(page)
    page.get_by_role("radio", name="off").check()
    expect(page.locator("#readout")).to_contain_text("480 × 360 ·")
    expect(page.locator("#picture-note")).to_have_text("Pictures come back as they are.")
    page.get_by_role("radio", name="lite").check()
    page.get_by_role("radio", name="this browser").check()
    expect(page.locator("#readout")).to_contain_text("480 × 360 → 960 × 720")
    expect(page.locator("#picture-note")).to_contain_text("By WebAssembly.")
    canvas = page.locator("#enlarged")
    assert canvas.evaluate("(canvas) => [canvas.width, canvas.height]") == [960, 720]
    until(page, lambda: canvas.evaluate(ALIVE))
    assert page.locator("#back").evaluate("(video) => video.videoWidth") == 480
    page.get_by_role("radio", name="server").check()
    expect(canvas).to_be_hidden()
    until(page, lambda: page.locator("#back").evaluate("(video) => video.videoWidth") == 960)


def test_the_server_does_what_the_page_is_set_to(page: Page) -> None:
    page.get_by_role("button", name="café").click()
    with told_to(page) as told:
        start(page)
        until(page, lambda: bool(told) and told[-1]["loss"] == 0.03)
        assert told[-1]["split"] == 0.5
        page.get_by_role("button", name="train").click()
        page.keyboard.press("v")
        page.keyboard.press("p")
        until(page, lambda: told[-1]["split"] == 1 and told[-1]["voice"] == "plain")
        assert [told[-1][name] for name in ("loss", "delay_ms", "jitter_ms")] == [0.08, 100, 40]
        expect(page.locator("#voice-note")).to_contain_text("lost packets are silent")
        page.keyboard.press("p")
        until(page, lambda: told[-1]["split"] == 0.5)
    lost = page.locator("figure", has_text="Loss").locator("li.before b")
    until(page, lambda: float(lost.inner_text().replace("–", "0")) > 0)


def test_hanging_up_frees_everything(page: Page, address: str) -> None:
    start(page, "camera")
    assert calls_at(address) == 1
    page.get_by_role("button", name="Hang up").click()
    expect(page.locator("#status")).to_have_text("not connected")
    assert page.evaluate("made.peers.map((peer) => peer.connectionState)") == ["closed"]
    assert page.evaluate("made.tracks.map((track) => track.readyState)") == ["ended", "ended"]
    assert page.evaluate("document.querySelector('#back').srcObject === null")
    until(page, lambda: page.evaluate("made.sockets.every((socket) => socket.readyState === 3)"))
    until(page, lambda: calls_at(address) == 0)


def test_a_server_that_comes_back_is_called_again(shared: Page) -> None:
    with serving() as (address, process):
        shared.goto(address)
        start(shared)
        process.terminate()
        expect(shared.get_by_role("alert")).to_contain_text("Trying again.")
        process.wait()
    port = address.rstrip("/").rpartition(":")[2]
    with serving("--port", port):
        expect(shared.locator("body")).to_have_attribute("data-state", "live")
        expect(shared.locator("#readout")).to_contain_text("960 × 720")
        shared.keyboard.press("h")
        expect(shared.locator("body")).to_have_attribute("data-state", "idle")


def test_the_token_of_the_pages_address_lets_the_call_in(shared: Page) -> None:
    with serving("--token", "a&b", "--host", "127.0.0.1") as (address, _):
        shared.goto(address.partition("?")[0] + "?token=a%26b")
        start(shared)
        expect(shared.locator("#readout")).to_contain_text("960 × 720")
        shared.goto(address.partition("?")[0] + "index.html?token=wrong")
        shared.locator("[data-start=clip]").click()
        expect(shared.get_by_role("alert")).to_contain_text("needs the token")


def test_one_call_too_many_is_told_why(shared: Page) -> None:
    with serving("--peers", "1") as (address, _):
        shared.goto(address)
        start(shared)
        assert shared.context.browser
        other = shared.context.browser.new_page()
        other.goto(address)
        other.locator("[data-start=clip]").click()
        expect(other.get_by_role("alert")).to_have_text("Every line is busy; this server has 1.")
        other.close()
        shared.goto("about:blank")
