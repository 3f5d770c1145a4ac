"""What a viewer gets of a worker through a real Janus, and what the worker takes for it.

    PYTHONPATH=tests python -m call.bench_worker [--model standard] [--voice off] [--seconds 20]

The sample call, 480x360 at 30 fps with sound, is published by a process of its own; the worker is
another, and the viewer a third. All share this machine's cores. Linux only.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
import urllib.request
from asyncio.subprocess import DEVNULL, PIPE, create_subprocess_exec
from fractions import Fraction
from itertools import cycle
from pathlib import Path

import av
from aiortc.mediastreams import MediaStreamTrack
from prometheus_client.parser import text_string_to_metric_families

from call.janus_server import ROOM, serving
from call.peers import TESTS, Tone, _paced
from call.people import publishing, viewing

FPS = 30
WARM = 5.0  # seconds until senders have found their bit rate
SAMPLE = TESTS.parent / "samples" / "call.mp4"


class Sample(MediaStreamTrack):
    """The sample's pictures, there and back without end, thirty a second."""

    kind = "video"

    def __init__(self) -> None:
        super().__init__()
        with av.open(str(SAMPLE)) as file:
            pictures = [frame.to_ndarray() for frame in file.decode(video=0)]
        self._pictures, self._number = cycle([*pictures, *reversed(pictures)]), 0

    async def recv(self) -> av.VideoFrame:
        await _paced(self, self._number / FPS)
        frame = av.VideoFrame.from_ndarray(next(self._pictures), "yuv420p")
        frame.pts, frame.time_base = self._number * 90_000 // FPS, Fraction(1, 90_000)
        self._number += 1
        return frame


async def publish(url: str) -> None:
    """Until killed."""
    async with publishing(url, "Ada", Tone(), Sample()):
        await asyncio.sleep(3600)


async def watch(url: str, health: str, seconds: float) -> None:
    """Print what came in that time."""
    async with viewing(url) as viewer:
        tracks = await viewer.watch(await viewer.sees(lambda one: bool(one.enhances)))
        drain = asyncio.ensure_future(_drain(tracks["audio"]))
        end = time.monotonic() + WARM
        while time.monotonic() < end:
            await tracks["video"].recv()
        before, start, came = await asyncio.to_thread(_metrics, health), time.monotonic(), 0
        while time.monotonic() < start + seconds:
            frame = await tracks["video"].recv()
            came += 1
        took = time.monotonic() - start
        after = await asyncio.to_thread(_metrics, health)
        drain.cancel()
    print(f"viewer   {came / took:.1f} fps of {frame.width}x{frame.height}")
    tell(before, after, took)


def tell(before: dict[str, float], after: dict[str, float], took: float) -> None:
    """What the worker says of that time."""
    grew = {name: after[name] - before[name] for name in after}
    enlarged = max(grew["pellucid_enlarged_total"], 1)
    print(f"taken    {grew['pellucid_frames_total'] / took:.1f} fps")
    print(f"replaced {grew['pellucid_replaced_total'] / took:.1f} fps")
    print(f"enlarged in {1000 * grew['pellucid_enlarging_seconds_total'] / enlarged:.1f} ms each")
    print(f"in time  {grew['ok'] / max(grew['all'], 1):.0%} by the model that was asked for")
    print(f"reused   {after['pellucid_reused_share']:.0%}")
    print(f"cores    {grew['process_cpu_seconds_total'] / took:.2f}")
    print(f"memory   {after['process_resident_memory_bytes'] / 2**20:.0f} MiB")


async def _drain(track: MediaStreamTrack) -> None:
    while True:
        await track.recv()


def _metrics(health: str) -> dict[str, float]:
    with urllib.request.urlopen(f"http://{health}/metrics") as answer:
        families = list(text_string_to_metric_families(answer.read().decode()))
    samples = [sample for family in families for sample in family.samples]
    reasons = [one for one in samples if one.name == "pellucid_frames_by_reason_total"]
    told = {one.name: one.value for one in samples if not one.labels}
    ok = sum(one.value for one in reasons if one.labels["reason"] == "ok")
    return {**told, "ok": ok, "all": sum(one.value for one in reasons)}


async def measure(model: str, voice: str, seconds: float) -> None:
    """All three processes, with a Janus of their own."""
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as janus:
        health = f"127.0.0.1:{janus.port + 1}"
        words = ["--janus", janus.url, "--room", str(ROOM), "--model", model, "--voice", voice]
        command = [sys.executable, "-m", "pellucid.cli", "worker", *words, "--health", health]
        worker = await create_subprocess_exec(*command, stderr=DEVNULL)
        source = [sys.executable, "-m", "call.bench_worker", "--publish", janus.url]
        publisher = await create_subprocess_exec(*source, stdout=PIPE, cwd=TESTS)
        try:
            await watch(janus.url, health, seconds)
        finally:
            for process in (publisher, worker):
                process.terminate()
                await process.wait()


def main() -> None:
    """As the module says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="standard")
    parser.add_argument("--voice", default="off")
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--publish", help=argparse.SUPPRESS)
    told = parser.parse_args()
    asyncio.run(
        publish(told.publish) if told.publish else measure(told.model, told.voice, told.seconds)
    )


if __name__ == "__main__":
    main()
