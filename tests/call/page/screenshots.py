"""Takes the pictures of the page of calls that stand in `docs/call.md`, with a call going on.

    PYTHONPATH=tests python -m call.page.screenshots [--seconds 40]

Writes docs/call-desktop.png (1280 pixels wide, dark) and docs/call-phone.png (a phone's 390, at one
and a half of its pixels, light). Numbers in them are this machine's of that moment: let nothing
else run.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, expect, sync_playwright

from call.chromium import server
from call.page.browser import CHROMIUM, FLAGS, PATIENCE_MS, ROOT

LARGEST = 400_000  # bytes of a picture
COLOURS = 256
SHOTS: dict[str, tuple[dict[str, Any], str]] = {  # the file: what is looked with, and the link
    "call-desktop": ({"viewport": {"width": 1280, "height": 800}, "color_scheme": "dark"}, "good"),
    "call-phone": (
        {"viewport": {"width": 390, "height": 844}, "color_scheme": "light",
         "device_scale_factor": 1.5, "is_mobile": True, "has_touch": True},
        "café",
    ),
}  # fmt: skip


def shoot(browser: Browser, address: str, name: str, seconds: float) -> Path:
    """One call, so many seconds long, and its picture."""
    look, link = SHOTS[name]
    page = browser.new_page(reduced_motion="reduce", **look)
    page.goto(address)
    page.locator("[data-start=clip]").click()
    expect(page.locator("body")).to_have_attribute("data-state", "live", timeout=PATIENCE_MS)
    page.get_by_role("button", name=link).click()
    page.wait_for_timeout(1000 * seconds)
    path = ROOT / "docs" / f"{name}.png"
    with tempfile.NamedTemporaryFile(suffix=".png") as whole:
        page.screenshot(path=whole.name)
        with Image.open(whole.name) as picture:
            picture.convert("RGB").quantize(COLOURS).save(path, optimize=True)
    page.close()
    assert path.stat().st_size <= LARGEST, f"{path}: {path.stat().st_size} bytes"
    return path


def main() -> None:
    """As the module says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=40.0, help="that each call lasts")
    told = parser.parse_args()
    with server() as (address, _), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS])
        for name in SHOTS:
            path = shoot(browser, address, name, told.seconds)
            print(f"{path.relative_to(ROOT)}: {path.stat().st_size} bytes")
        browser.close()


if __name__ == "__main__":
    main()
