"""`pellucid worker` as a process of its own beside a real Janus."""

from __future__ import annotations

import json
import os
import signal
import time
from asyncio.subprocess import PIPE, Process, create_subprocess_exec
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import ClientSession

from call.janus_server import PIN, PINNED, ROOM, Server, needs_janus, serving
from call.peers import Camera, Tone, run
from call.people import publishing, viewing
from command import COMMAND

pytestmark = needs_janus
PIN_HERE = {**os.environ, "PELLUCID_PIN": PIN}


@pytest.fixture(scope="module")
def janus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("janus")) as server:
        yield server


def told(janus: Server, *more: object) -> list[str]:
    """What a worker is started with."""
    words = ("--janus", janus.url, "--room", ROOM, "--model", "lite", "--health", "127.0.0.1:0")
    return list(map(str, ("worker", *words, *more)))


class Worker:
    """The process, and what it has logged."""

    def __init__(self, process: Process) -> None:
        self.process = process

    async def logs(self, event: str) -> dict[str, object]:
        """The next line of a kind. Every line before is JSON as well."""
        assert self.process.stderr
        while line := await self.process.stderr.readline():
            logged = json.loads(line)
            if logged["event"] == event:
                return logged
        raise AssertionError(f"it ended without {event!r}")


@asynccontextmanager
async def started(words: list[str], env: dict[str, str] | None = None) -> AsyncIterator[Worker]:
    """A worker in its room; killed where a test has not ended it."""
    process = await create_subprocess_exec(*COMMAND, *words, stderr=PIPE, stdout=PIPE, env=env)
    try:
        yield Worker(process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_clean(janus: Server, number: signal.Signals) -> None:
    """In the middle of a call, whose output then leaves the room."""

    async def script() -> None:
        async with (
            started(told(janus)) as worker,
            viewing(janus.url) as viewer,
            publishing(janus.url, "Ada", Tone(), Camera()) as ada,
        ):
            tracks = await viewer.watch(await viewer.output_of(ada.id))
            assert (await tracks["video"].recv()).width == 320
            start = time.monotonic()
            worker.process.send_signal(number)
            await worker.logs("stopped")
            assert await worker.process.wait() == 0
            took = time.monotonic() - start
            print(f"ended {took:.2f} s after {number.name}")
            assert took < 10  # against hanging, no more
            await viewer.until(lambda all_: not any(one.enhances for one in all_))

    run(script)


def test_a_janus_that_hangs_does_not_keep_it(janus: Server) -> None:
    async def script() -> None:
        async with (
            started(told(janus)) as worker,
            viewing(janus.url) as viewer,
            publishing(janus.url, "Ada", Camera()) as ada,
        ):
            await viewer.output_of(ada.id)
            with janus.held():
                start = time.monotonic()
                worker.process.terminate()
                assert await worker.process.wait() == 0
                took = time.monotonic() - start
            print(f"ended {took:.2f} s after SIGTERM, without Janus")
            assert took < 10  # against hanging, no more

    run(script)


def test_killed_and_started_again(janus: Server) -> None:
    async def script() -> None:
        async with viewing(janus.url) as viewer, publishing(janus.url, "A", Camera()) as ada:
            async with started(told(janus)) as first:
                output = await viewer.output_of(ada.id)
                first.process.send_signal(signal.SIGKILL)
                await viewer.gone(output.id)
            async with started(told(janus)):
                tracks = await viewer.watch(await viewer.output_of(ada.id))
                assert (await tracks["video"].recv()).width == 320

    run(script)


def test_health_and_metrics_are_served(janus: Server) -> None:
    async def script() -> None:
        async with (
            started(told(janus)) as worker,
            publishing(janus.url, "Ada", Camera()),
            ClientSession() as web,
        ):
            address = "http://127.0.0.1:{port}".format(**await worker.logs("health is served"))
            logged = await worker.logs("call begins")
            assert logged["display"] == "Ada"
            async with web.get(f"{address}/health") as answer:
                assert (answer.status, (await answer.json())["calls"]) == (200, 1)
            async with web.get(f"{address}/metrics") as answer:
                assert "pellucid_frames_total" in await answer.text()

    run(script)


@pytest.mark.parametrize("way", ["option", "file", "environment"])
def test_the_pin_may_come_three_ways(janus: Server, way: str, tmp_path: Path) -> None:
    file = tmp_path / "pin"
    file.write_text(f"{PIN}\n")
    ways = {"option": ("--pin", PIN), "file": ("--pin-file", file), "environment": ()}

    async def script() -> None:
        words = told(janus, "--room", PINNED, *ways[way])
        env = PIN_HERE if way == "environment" else None
        async with started(words, env) as worker:
            assert (await worker.logs("in the room"))["room"] == PINNED

    run(script)


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--janus", "ws://127.0.0.1:1"], "there is none at ws://127.0.0.1:1"),
        (["--room", "99"], "No such room (99)"),
        (["--room", str(PINNED), "--pin", "wrong"], "Unauthorized (wrong pin)"),
        (["--model", "none"], "none"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(
    janus: Server, words: list[str], complaint: str, tmp_path: Path
) -> None:
    async def script() -> None:
        async with started(told(janus, *words)) as worker:
            assert await worker.process.wait() == 1
            assert worker.process.stderr
            *logged, last = (await worker.process.stderr.read()).decode().splitlines()
            assert all(json.loads(line)["level"] == "INFO" for line in logged)
            assert last.startswith("pellucid: ")
            assert complaint in last

    run(script)


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--voice", "sing"], "--voice: expected denoise, extend, off, got sing"),
        (["--largest", "720p"], "--largest: expected WIDTHxHEIGHT, got 720p"),
        (["--health", "9464"], "--health: expected HOST:PORT, got 9464"),
        (["--at-once", "0"], "--at-once"),
        (["--pin", "a", "--pin-file", __file__], "--pin: expected a value or a file, got both"),
    ],
)
def test_wrong_usage(janus: Server, words: list[str], complaint: str) -> None:
    async def script() -> None:
        async with started(told(janus, *words)) as worker:
            assert await worker.process.wait() == 2
            assert worker.process.stderr
            assert complaint in (await worker.process.stderr.read()).decode()

    run(script)
