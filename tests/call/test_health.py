"""What a worker tells: health, metrics that Prometheus reads, logs that are JSON."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from dataclasses import dataclass

import pytest
from aiohttp import ClientSession
from prometheus_client.parser import text_string_to_metric_families

from call.peers import run
from pellucid.call.health import serving
from pellucid.call.pictures import VideoStats
from pellucid.call.playout import PlayoutStats
from pellucid.call.tally import Tally
from pellucid.call.voice import VoiceStats
from pellucid.errors import CallError


@dataclass(eq=False)
class Call:
    """What is counted of it."""

    stats: tuple[VideoStats | None, VoiceStats | None] = (None, None)


def seen(frames: int, **reasons: int) -> VideoStats:
    return VideoStats(frames=frames, enlarged=frames - 1, late=2, reasons=reasons, reused=0.5)


def heard(played: int, concealed: int) -> VoiceStats:
    return VoiceStats(PlayoutStats(played=played, concealed=concealed, lost=concealed))


async def fetched(port: int, path: str, **headers: str) -> tuple[int, str, str]:
    async with (
        ClientSession() as web,
        web.get(f"http://127.0.0.1:{port}{path}", headers=headers) as answer,
    ):
        return answer.status, answer.headers["Content-Type"], await answer.text()


def parsed(text: str) -> dict[tuple[str, str], float]:
    families = text_string_to_metric_families(text)
    samples = [sample for family in families for sample in family.samples]
    return {(one.name, one.labels.get("reason", "")): one.value for one in samples}


def test_metrics_sum_calls_that_go_on_and_calls_that_ended() -> None:
    tally = Tally()
    one, other = (Call((seen(11, ok=7, idle=4), heard(90, 10))) for _ in range(2))
    for call in (one, other):
        tally.begin(call)
    told = tally.end(one)
    assert (told["frames"], told["reasons"]) == (11, {"ok": 7, "idle": 4})

    async def script() -> None:
        async with serving(tally, "127.0.0.1", 0) as port:
            status, kind, text = await fetched(port, "/metrics")
            assert (status, kind.split(";")[0]) == (200, "text/plain")
            values = parsed(text)
            assert values["pellucid_frames_total", ""] == 22
            assert values["pellucid_enlarged_total", ""] == 20
            assert values["pellucid_late_total", ""] == 4
            assert values["pellucid_frames_by_reason_total", "ok"] == 14
            assert values["pellucid_frames_by_reason_total", "idle"] == 8
            assert values["pellucid_reused_share", ""] == 0.5
            assert values["pellucid_concealed_share", ""] == pytest.approx(0.1)
            assert values["pellucid_calls", ""] == 1
            assert values["pellucid_calls_begun_total", ""] == 2
            assert values["pellucid_reconnects_total", ""] == 0
            other.stats = (seen(31, ok=20, idle=11), None)
            values = parsed((await fetched(port, "/metrics"))[2])
            assert values["pellucid_frames_total", ""] == 42
            if sys.platform == "linux":
                assert values["process_resident_memory_bytes", ""] > 0

    run(script)


def test_open_metrics_where_they_are_asked_for() -> None:
    async def script() -> None:
        async with serving(Tally(), "127.0.0.1", 0) as port:
            _, kind, text = await fetched(port, "/metrics", Accept="application/openmetrics-text")
            assert kind.startswith("application/openmetrics-text")
            assert text.endswith("# EOF\n")

    run(script)


def test_health_tells_whether_there_is_a_room() -> None:
    async def script() -> None:
        tally = Tally()
        async with serving(tally, "127.0.0.1", 0) as port:
            status, _, text = await fetched(port, "/health")
            assert (status, json.loads(text)["in_room"]) == (503, False)
            tally.in_room = True
            status, _, text = await fetched(port, "/health")
            assert (status, json.loads(text)) == (
                200,
                {"in_room": True, "calls": 0, "reconnects": 0},
            )

    run(script)


def test_an_address_that_is_taken() -> None:
    async def script() -> None:
        async with serving(Tally(), "127.0.0.1", 0) as port:
            with pytest.raises(CallError, match=rf"health: .* free, got 127.0.0.1:{port}"):
                async with serving(Tally(), "127.0.0.1", port):
                    await asyncio.sleep(0)

    run(script)


def test_logs_are_one_json_object_a_line() -> None:
    """Ours, warnings of libraries, and exceptions, whose lines become one."""
    code = """
import logging, warnings
from pellucid.call.logs import to_stderr
to_stderr()
log = logging.getLogger("pellucid.call.calls")
log.info("call begins", extra={"feed": 7, "display": "Ada\\n{}"})
log.debug("not told")
logging.getLogger("aioice").info("not told")
warnings.warn("a warning")
try:
    1 / 0
except ZeroDivisionError:
    logging.getLogger("asyncio").exception("broken")
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    first, second, third = map(json.loads, done.stderr.splitlines())
    assert first.pop("time").endswith("+00:00")
    assert first == {
        "level": "INFO",
        "logger": "pellucid.call.calls",
        "event": "call begins",
        "feed": 7,
        "display": "Ada\n{}",
    }
    assert "a warning" in second["event"]
    assert "ZeroDivisionError" in third["exc_info"]
