"""The page of calls before there is a call: what is drawn, pressed, dragged and said."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from call.page.browser import CHROMIUM, PATIENCE_MS, ROOT, page_at

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Debian's chromium")
INDEX = "src/pellucid/call/page/index.html"
DESKTOP, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
SPLIT = "Number(getComputedStyle(document.querySelector('#frame')).getPropertyValue('--split'))"


@pytest.fixture(scope="module")
def shared() -> Iterator[Page]:
    expect.set_options(timeout=PATIENCE_MS)
    with page_at(INDEX) as page:
        page.emulate_media(reduced_motion="reduce")
        yield page


@pytest.fixture
def page(shared: Page) -> Page:
    shared.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
    shared.reload()
    expect(shared.locator("#presets button")).to_have_count(4)
    return shared


def split_is(page: Page, share: float) -> None:
    page.wait_for_function(f"Math.abs({SPLIT} - {share}) < 0.01")


@pytest.mark.parametrize("size", [DESKTOP, PHONE, {"width": 320, "height": 568}])
def test_it_fits_and_the_buttons_that_begin_are_seen(page: Page, size: dict[str, int]) -> None:
    page.set_viewport_size(size)  # type: ignore[arg-type]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for name in ("Start with your camera", "Play a sample clip"):
        button = page.get_by_role("button", name=name)
        button.click(trial=True)
        box = button.bounding_box()
        assert box
        assert box["height"] >= 40
        assert box["y"] + box["height"] <= size["height"]


def test_a_desktop_sees_all_without_scrolling(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_words_stand_out_in_dark_and_light(page: Page, scheme: str) -> None:
    """At least 4.5 to 1, as WCAG 2.1 asks of text."""
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    contrast = """(selector) => {
      const light = (colour) => colour.match(/[\\d.]+/g).slice(0, 3).map((part) => part / 255)
        .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
        .reduce((sum, part, index) => sum + [0.2126, 0.7152, 0.0722][index] * part, 0);
      const element = document.querySelector(selector);
      let behind = element;
      while (/, 0\\)/.test(getComputedStyle(behind).backgroundColor)) behind = behind.parentElement;
      const pair = [getComputedStyle(element).color, getComputedStyle(behind).backgroundColor];
      const [less, more] = pair.map(light).sort((one, other) => one - other);
      return (more + 0.05) / (less + 0.05);
    }"""
    for selector in ("#status", "#picture-note", "figcaption", ".choice :checked + span"):
        assert page.evaluate(contrast, selector) >= 4.5, selector


def test_a_preset_moves_the_sliders_and_a_slider_leaves_the_preset(page: Page) -> None:
    page.get_by_role("button", name="train").click()
    outputs = page.locator("#sliders output")
    expect(outputs).to_have_text(["8 %", "100 ms", "40 ms", "700 kbit/s"])
    expect(page.get_by_role("button", name="train")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("slider", name="Loss").press("ArrowRight")
    expect(outputs.first).to_have_text("9 %")
    expect(page.locator("#presets [aria-pressed=true]")).to_have_count(0)


def test_sliders_reach_their_ends_by_keys(page: Page) -> None:
    ends = {"Loss": ["0 %", "30 %"], "Delay": ["0 ms", "500 ms"]}
    ends |= {"Jitter": ["0 ms", "200 ms"], "Rate": ["100 kbit/s", "no limit"]}
    for name, words in ends.items():
        slider = page.get_by_role("slider", name=name)
        for key, word in zip(("Home", "End"), words, strict=True):
            slider.press(key)
            expect(slider).to_have_attribute("aria-valuetext", word)


def test_the_split_is_dragged_and_moved_by_keys(page: Page) -> None:
    split_is(page, 0.5)
    box = page.locator("#frame").bounding_box()
    assert box
    x, y = box["x"] + 0.5 * box["width"], box["y"] + 0.3 * box["height"]
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.25 * box["width"], y, steps=4)
    split_is(page, 0.25)
    page.mouse.move(0, y)
    split_is(page, 0)
    page.mouse.up()
    page.mouse.move(x, y)
    page.get_by_label("Share of the picture").press("ArrowRight")
    split_is(page, 0.02)


def test_keys_compare_and_come_back(page: Page) -> None:
    page.keyboard.press("p")
    split_is(page, 1)
    page.keyboard.press("p")
    split_is(page, 0.5)
    page.keyboard.press("v")
    assert page.locator("[name=voice]:checked").get_attribute("value") == "plain"
    page.get_by_role("radio", name="off").check()
    expect(page.locator("#compare")).to_be_disabled()


def test_choices_are_reached_by_tab_and_arrows(page: Page) -> None:
    page.locator("[name=way]:checked").focus()
    page.keyboard.press("ArrowRight")
    assert page.locator("[name=way]:checked").get_attribute("value") == "browser"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.name") == "model"


def test_without_a_server_one_sentence_says_so(page: Page) -> None:
    page.route("**/sample.mp4", lambda route: route.fulfill(path=ROOT / "samples" / "call.mp4"))
    page.get_by_role("button", name="Play a sample clip").click()
    expect(page.get_by_role("alert")).to_have_text("The server cannot be reached.")
    expect(page.locator("#status")).to_have_text("not connected")
    assert page.evaluate("document.querySelector('#sent').srcObject === null")
    page.unroute_all()


def test_without_a_clip_one_sentence_says_so(page: Page) -> None:
    page.route("**/sample.mp4", lambda route: route.fulfill(status=404))
    page.get_by_role("button", name="Play a sample clip").click()
    expect(page.get_by_role("alert")).to_contain_text("does not play")
    page.unroute_all()
