"""How long a frame takes in headless Chromium, by the clock and of the page's own processor time.

    PYTHONPATH=tests python -m call.page.bench_upscaler

480x360 to 960x720, one thread, gate and colour included, nothing reused. Linux only: the second
number is the busiest thread's of the page's processes, and stays true where other programs run.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from call.page.browser import CHROMIUM, ROOT, served

MODELS = ("standard", "lite")
SIZE = [480, 360]
WARM, FRAMES = 25, 60  # a page's code gets faster while it runs
TIME = """async ([name, size, count]) =>
  (await import("/src/pellucid/call/page/upscaler/bench.js")).time(name, size, count)"""


def main() -> None:
    """Print a line for each model."""
    with served(ROOT) as address, sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-gpu"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        page = browser.new_page()
        page.goto(f"{address}/tests/call/page/blank.html")
        for name in MODELS:
            page.evaluate(TIME, [name, SIZE, WARM])
            before = thread_times(browser)
            timed: dict[str, Any] = page.evaluate(TIME, [name, SIZE, FRAMES])
            spent = max(ms - before.get(each, 0) for each, ms in thread_times(browser).items())
            own = spent / (FRAMES + 1)  # and one to begin with
            clock = timed["ms"]["median"]
            print(f"{name:9} clock {clock:.1f} ms, {1000 / clock:.1f} fps; ", end="")
            print(f"processor {own:.1f} ms, {1000 / own:.1f} fps")
        browser.close()


def thread_times(browser: Browser) -> dict[str, float]:
    """Milliseconds that each thread of the pages has run so far."""
    processes = browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")["processInfo"]
    pages = [process["id"] for process in processes if process["type"] == "renderer"]
    threads = [thread for page in pages for thread in Path(f"/proc/{page}/task").iterdir()]
    return {each.name: int((each / "schedstat").read_text().split()[0]) / 1e6 for each in threads}


if __name__ == "__main__":
    main()
