"""Chromium as a caller of `pellucid serve`: the real command and a fake camera, wherever they run.

A camera's pictures are `samples/call.mp4`, 480x360 at 30 a second, its sound `samples/voice.flac`.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
import wave
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
from playwright.sync_api import Page

from call.page.browser import CAMERA, CHROMIUM, PATIENCE_MS, ROOT, page_of

SCRIPT = Path(__file__).parent / "calling.js"
SAMPLES = ROOT / "samples"


@contextmanager
def server(
    *options: str, words: Callable[..., list[str]] = lambda *words: list(words)
) -> Iterator[tuple[str, int]]:
    """The command's process, by the address that it prints and its number; `words` makes of a
    command's one that runs elsewhere.
    """
    command = words(sys.executable, "-m", "pellucid.cli", "serve", "--port", "0", *options)
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().split()[-1], process.pid
        finally:
            process.terminate()
            assert process.wait(60) == 0


@dataclass(frozen=True)
class Calling:
    """A page that calls."""

    page: Page

    def state(self) -> dict[str, Any]:
        """See `callState` in `calling.js`."""
        known: dict[str, Any] = self.page.evaluate("callState()")
        return known

    def until(self, good: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The first state that is as it should be."""
        until = time.monotonic() + PATIENCE_MS / 1000
        while not good(state := self.state()):
            assert not state["errors"], state["errors"]
            assert time.monotonic() < until, {**state, "ages": state["ages"][-3:]}
            time.sleep(0.2)
        return state


@contextmanager
def calling(address: str, words: Sequence[str] = (), **settings: object) -> Iterator[Calling]:
    """A call to the server at an address; `words` before the browser's own, to run it elsewhere."""
    origin = "/".join(address.split("/")[:3])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        flags = (
            *CAMERA,
            f"--use-file-for-fake-video-capture={camera(folder)}",
            f"--use-file-for-fake-audio-capture={microphone(folder)}",
            f"--unsafely-treat-insecure-origin-as-secure={origin}",
        )
        health = address.replace(f"{origin}/", f"{origin}/health")
        with page_of(health, *flags, program=launcher(folder, words)) as page:
            page.evaluate(f"() => {{ {SCRIPT.read_text()} }}")
            page.evaluate("settings => startCall(settings)", settings)
            yield Calling(page)


def launcher(folder: Path, words: Sequence[str]) -> Path:
    """A program that starts the browser behind those words."""
    if not words:
        return CHROMIUM
    script = folder / "chromium.sh"
    script.write_text(f'#!/bin/sh\nexec {" ".join(words)} {CHROMIUM} "$@"\n')
    script.chmod(0o755)
    return script


def camera(folder: Path) -> Path:
    """Pictures for a fake camera, 30 a second."""
    path = folder / "camera.y4m"
    with av.open(str(SAMPLES / "call.mp4")) as source, path.open("wb") as file:
        file.write(b"YUV4MPEG2 W480 H360 F30:1 Ip A1:1 C420mpeg2\n")
        for frame in source.decode(video=0):
            file.write(b"FRAME\n" + frame.to_ndarray(format="yuv420p").tobytes())
    return path


def microphone(folder: Path) -> Path:
    """A voice for a fake microphone, 48 kHz."""
    path, resampler = folder / "voice.wav", av.AudioResampler("s16", "mono", 48_000)
    with av.open(str(SAMPLES / "voice.flac")) as source, wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(48_000)
        for frame in source.decode(audio=0):
            for made in resampler.resample(frame):
                file.writeframes(made.to_ndarray().tobytes())
    return path
