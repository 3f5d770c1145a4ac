"""The modules of the page of calls, each alone in a browser: no server is needed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page

from call.page.browser import CHROMIUM, ROOT, page_at

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Debian's chromium")
PAGE = "src/pellucid/call/page"
SCRIPTS = sorted((ROOT / PAGE).glob("*.js"))
CLIP = "/samples/call.mp4"
# Whether a track's sound is loud, or its picture has more than one colour.
LIVELY = """async (stream) => {
  const video = Object.assign(document.createElement("video"), {muted: true, srcObject: stream});
  await video.play();
  await new Promise((there) => video.requestVideoFrameCallback(there));
  const canvas = Object.assign(document.createElement("canvas"), {width: 96, height: 72});
  const context = canvas.getContext("2d");
  context.drawImage(video, 0, 0, 96, 72);
  const colours = new Set(new Uint32Array(context.getImageData(0, 0, 96, 72).data.buffer)).size;
  const sound = new AudioContext();
  const meter = sound.createAnalyser();
  sound.createMediaStreamSource(stream).connect(meter);
  const samples = new Float32Array(meter.fftSize);
  let loudest = 0;
  while (loudest < 0.01) {
    await new Promise((done) => setTimeout(done, 50));
    meter.getFloatTimeDomainData(samples);
    loudest = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  }
  return [video.videoWidth, video.videoHeight, colours > 100];
}"""


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with page_at("tests/call/page/blank.html") as page:
        yield page


def run(page: Page, module: str, body: str, given: Any = None) -> Any:
    """What `body` gives, with a module of the page as `the` and what is given as `given`."""
    call = f'async (given) => {{ const the = await import("/{PAGE}/{module}.js"); {body} }}'
    return page.evaluate(call, given)


def test_there_are_scripts() -> None:
    assert len(SCRIPTS) > 8


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_a_script_is_short_says_what_it_is_for_and_imports_what_is_there(path: Any) -> None:
    text = path.read_text()
    assert text.startswith("// ")
    assert text.count("\n") <= 200
    for imported in re.findall(r' from "(.*?)"', text) + re.findall(r'import\("(.*?)"', text):
        assert imported.startswith("./")
        assert (path.parent / imported).exists(), imported


@pytest.mark.parametrize(("way", "picture"), [("server", "server"), ("browser", "off")])
def test_the_server_is_told_what_it_knows(page: Page, way: str, picture: str) -> None:
    body = "return the.message({...the.DEFAULTS, way: given});"
    told = run(page, "settings", body, way)
    names = "type picture model split voice loss delay_ms jitter_ms rate_kbps"
    assert sorted(told) == sorted(names.split())
    assert (told["type"], told["picture"]) == ("settings", picture)


def test_a_preset_is_known_by_its_numbers(page: Page) -> None:
    body = """return Object.entries(the.PRESETS).map(([name, link]) =>
      [name, the.presetOf({...the.DEFAULTS, ...link}), the.presetOf({...link, loss: 0.29})]);"""
    presets = run(page, "settings", body)
    assert len(presets) > 3
    assert all(name == known and other is None for name, known, other in presets)


def test_the_newest_is_told_and_a_drag_does_not_flood(page: Page) -> None:
    body = """
      const told = [];
      let value = 0;
      const tell = the.throttled(40, () => told.push(value));
      for (value = 1; value <= 1000; value += 1) tell();
      value = 1000;
      await new Promise((done) => setTimeout(done, 300));
      return told;"""
    assert run(page, "settings", body) == [1, 1000]


def test_the_token_is_passed_on(page: Page) -> None:
    body = "return given.map((href) => the.addressOf('call', {href}).href);"
    asked = ["https://a.example:8/?token=a%26b&x=1", "https://a.example:8/"]
    made = run(page, "call", body, asked)
    assert made == ["https://a.example:8/call?token=a%26b", "https://a.example:8/call"]


@pytest.mark.parametrize("codec", ["VP8", "H264"])
def test_an_answer_that_starts_fast_is_understood(page: Page, codec: str) -> None:
    """By the browser that offered, from a peer of its own kind."""
    body = """
      const [one, other] = [new RTCPeerConnection(), new RTCPeerConnection()];
      const video = one.addTransceiver("video");
      one.addTransceiver("audio");
      const all = RTCRtpReceiver.getCapabilities("video").codecs;
      const wanted = ["video/rtx", `video/${given}`];
      video.setCodecPreferences(all.filter(({mimeType}) => wanted.includes(mimeType)));
      await one.setLocalDescription();
      await other.setRemoteDescription(one.localDescription);
      await other.setLocalDescription();
      const sdp = the.startingFast(other.localDescription.sdp, 777);
      await one.setRemoteDescription({type: "answer", sdp});
      const codecs = video.sender.getParameters().codecs;
      one.close();
      other.close();
      const lines = codecs.map(({mimeType, sdpFmtpLine}) => [mimeType, sdpFmtpLine ?? ""]);
      return [other.localDescription.sdp, sdp, lines];"""
    before, after, codecs = run(page, "call", body, codec)
    of_codec = [line for mime, line in codecs if mime == f"video/{codec}"]
    assert of_codec
    assert all("x-google-start-bitrate=777" in line for line in of_codec)
    assert "x-google" not in "".join(line for mime, line in codecs if mime == "video/rtx")
    assert re.sub(r"(;|\r\na=fmtp:\d+ )x-google-start-bitrate=777", "", after) == before


def test_rates_are_what_counters_grew_by(page: Page) -> None:
    body = """
      const meters = new the.Meters();
      const parts = ["outbound video", "inbound video", "inbound audio"];
      const [out, video, audio] = parts.map((words) => {
        const [way, kind] = words.split(" ");
        return (timestamp, counters) => [words, {type: `${way}-rtp`, kind, timestamp, ...counters}];
      });
      const report = (seconds, bytesSent, bytesReceived, framesDecoded) => new Map([
        out(1000 * seconds, {bytesSent}),
        video(1000 * seconds, {bytesReceived, framesDecoded}),
        audio(1000 * seconds, {bytesReceived: 500}),
      ]);
      const server = (packets, lost) => ({
        video: {kbps_in: 500, ms: 9, reused: 0.25},
        voice: {kbps_in: 30, concealed_now: 0.5, delay_ms: 80},
        link: {packets, lost, dropped: 2, waiting_ms: 7},
      });
      const first = meters.row(report(10, 0, 0, 100), server(100, 5), null);
      const second = meters.row(report(10.5, 62500, 6250, 112), server(200, 15), null);
      const third = meters.row(report(11, 62500, 6250, 112), null, {ms: 3, share: 1});
      const known = ([name, value]) => [name, Number.isNaN(value) ? null : value];
      return [first, second, third].map((row) => Object.entries(row).map(known));"""
    first, second, third = map(dict, run(page, "meters", body))
    assert first["sent"] is first["fps"] is first["lost"] is None
    assert second == pytest.approx(
        {"sent": 1000, "arrives": 530, "back": 100, "fps": 24, "ms": 9, "reused": 25}
        | {"lost": 10, "filled": 50, "link": 7, "buffer": 80}
    )
    assert (third["ms"], third["reused"], third["sent"]) == (3, 100, 500)


def test_a_scale_ends_at_a_round_number(page: Page) -> None:
    body = "return given.map(([values, least]) => the.scaleEnd(values, least));"
    asked = [[[], 0], [[3], 30], [[31], 30], [[700, 1200], 0], [[2100], 0], [[0.2], 0]]
    assert run(page, "charts", body, asked) == [1, 30, 50, 2000, 3000, 1]


def test_a_chart_draws_its_last_minute_and_forgets(page: Page) -> None:
    body = """
      const style = "canvas {width: 120px; height: 40px} figure {--ink: #ff0000}";
      document.body.innerHTML = `<style>${style}</style>`;
      const lines = [["a", "sent", "ink"], ["b", "back", "ink"]];
      const chart = new the.Chart({title: "Rate", lines});
      document.body.append(chart.element);
      const canvas = document.querySelector("canvas");
      const columns = () => {
        const {width, height} = canvas;
        const {data} = canvas.getContext("2d").getImageData(0, 0, width, height);
        const inked = Array.from({length: width}, (_, x) =>
          Array.from({length: height}, (_, y) => data[4 * (y * width + x) + 3]).some(Boolean));
        return [inked.indexOf(true) / width, inked.lastIndexOf(true) / width];
      };
      for (let now = 100; now <= 115; now += 0.5) chart.add(now, {a: now, b: NaN});
      const quarter = columns();
      const words = chart.element.innerText;
      for (let now = 115; now <= 500; now += 0.5) chart.add(now, {a: NaN, b: NaN});
      const none = columns();
      return [quarter, words, none];"""
    (left, right), words, none = run(page, "charts", body)
    assert left == pytest.approx(0.75, abs=0.05)
    assert right > 0.95
    assert re.search(r"115\s*sent", words)
    assert re.search(r"–\s*back", words)
    assert none == [pytest.approx(0, abs=0.05)] * 2 or max(none) < 0


@pytest.mark.parametrize("way", ["captured", "drawn"])
def test_the_clip_is_seen_and_heard_and_stops(page: Page, way: str) -> None:
    page.reload()
    if way == "drawn":  # as Safari, whose videos have no captureStream
        page.evaluate("() => { delete HTMLMediaElement.prototype.captureStream; }")
    body = f"""
      const source = await the.open("clip", given);
      const lively = await ({LIVELY})(source.stream);
      source.stop();
      const states = source.stream.getTracks().map(({{readyState}}) => readyState);
      return [source.kind, lively, states];"""
    kind, lively, states = run(page, "camera", body, CLIP)
    assert (kind, lively, states) == ("clip", [480, 360, True], ["ended", "ended"])


def test_a_camera_that_is_refused_is_the_clip_and_a_sentence(page: Page) -> None:
    body = """
      const source = await the.open("camera", given);
      source.stop();
      return [source.kind, source.words];"""
    kind, words = run(page, "camera", body, CLIP)
    assert kind == "clip"
    assert "sample clip plays instead" in words


def test_a_clip_that_is_not_there_is_a_sentence(page: Page) -> None:
    body = "return the.open('clip', given).catch((error) => error.message);"
    assert "does not play" in run(page, "camera", body, "/none.mp4")


def test_reasons_are_words_and_new_ones_are_still_read(page: Page) -> None:
    body = """
      const reasons = ["over_budget", "too_blue"].map(the.pictureWords);
      return [...reasons, the.sharesInWords(given)];"""
    words = run(page, "words", body, {"lite": 1, "standard": 3})
    assert "smaller network" in words[0]
    assert "too blue" in words[1]
    assert words[2] == "So far standard 75 %, lite 25 %."
