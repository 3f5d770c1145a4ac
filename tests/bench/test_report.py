"""The page of results and its JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pellucid.bench.call_result import CallProtocol, CallResult, Point
from pellucid.bench.report import Report, describe_machine, write_report
from pellucid.bench.stills import StillScore, StillsResult

CALL = CallResult(
    CallProtocol(metrics=("psnr", "flicker")),
    tuple(
        Point(clip, method, rate, rate * share, {"psnr": 30 + rate / 100, "flicker": None})
        for clip in ("office", "garden")
        for method, share in (("bicubic", 1.0), ("standard", 0.75))
        for rate in (150, 300, 600)
    ),
)
STILLS = StillsResult((StillScore("Set1", "a.png", "bicubic", 30.123456, 0.9),))
REPORT = Report("pellucid bench video", "a machine", (CALL,), STILLS)


def test_the_page_shows_the_measured_numbers() -> None:
    page = REPORT.to_markdown()
    assert "Made by `pellucid bench video` on a machine." in page
    assert "| standard | 33.50 | – | -25.0 % | 262 |" in page
    assert "### garden" in page
    assert "| bicubic | 30.12 / 0.9000 |" in page
    assert "VMAF" not in page.split("\n| ")[1]  # not measured, so no column


def test_every_row_of_a_table_has_as_many_cells() -> None:
    tables = [line for line in REPORT.to_markdown().splitlines() if line.startswith("|")]
    call = [line for line in tables if "Set1" not in line and "0.9000" not in line]
    assert len(call) > 6
    assert len({line.count("|") for line in call if line.count("|") > 3}) == 1


def test_the_json_holds_every_point_and_is_rounded(tmp_path: Path) -> None:
    page, data = write_report(REPORT, tmp_path / "docs")
    assert page.name == "results.md"
    read = json.loads(data.read_text())
    assert len(read["calls"][0]["points"]) == len(CALL.points)
    assert read["stills"]["scores"][0]["psnr"] == 30.1235
    assert read["calls"][0]["summary"]["standard"]["bd_psnr"] == -25


def test_writing_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    first, second = (write_report(REPORT, tmp_path / name) for name in ("one", "two"))
    for one, two in zip(first, second, strict=True):
        assert one.read_bytes() == two.read_bytes()


def test_the_machine_is_described_without_a_path_or_a_date() -> None:
    described = describe_machine()
    assert "cores" in described
    assert "/" not in described
    assert described == describe_machine()


def test_a_report_may_hold_stills_alone() -> None:
    page = Report("x", "y", stills=STILLS).to_markdown()
    assert "## Calls" not in page
    assert (
        pytest.approx(30.1235)
        == Report("x", "y", stills=STILLS).to_dict()["stills"]["summary"]["bicubic"]["Set1"]["psnr"]
    )
