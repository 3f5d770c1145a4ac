"""The page of results and its JSON."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import numpy as np
import pytest

from pellucid.bench.call_result import CallProtocol, CallResult, Point
from pellucid.bench.details import Box
from pellucid.bench.report import Report, describe_machine, write_report
from pellucid.bench.robust_result import RobustResult, RobustScore
from pellucid.bench.stills import StillScore, StillsResult
from pellucid.bench.suite import Measured
from pellucid.bench.worst import TILE, Crop
from pellucid.errors import MissingExtraError

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
ROBUST = RobustResult(
    tuple(
        RobustScore("Set1", "a.png", place, method, 30 + gain)
        for place, gains in {"area": (0, 1.25, 0.47), "noise 10": (0, -0.75, -0.03)}.items()
        for method, gain in zip(("bicubic", "standard", "lanczos"), gains, strict=True)
    )
)
PLANES = (np.full((TILE, TILE), level, np.uint8) for level in (100, 96, 102))
CROP = Crop("office", "x264", 150, 7, Box(96, 0, 192, 96), *PLANES, lost=3.0)
REPORT = Report(
    "pellucid bench video",
    "a machine",
    Measured((CALL,), STILLS, ROBUST, (CROP,)),
    ours=("standard",),
    macs={"standard": 1_700_000_000},
)


def test_the_page_shows_the_measured_numbers() -> None:
    page = REPORT.to_markdown()
    assert "Made by `pellucid bench video` on a machine." in page
    assert "| standard | 33.50 | – | -25.0 % | 262 |" in page
    assert "### garden" in page
    assert "| bicubic | 30.12 / 0.9000 |" in page
    assert "VMAF" not in page.split("\n| ")[1]  # not measured, so no column


def test_every_row_of_a_table_has_as_many_cells() -> None:
    blocks = [b for b in REPORT.to_markdown().split("\n\n") if b.startswith("|")]
    assert len(blocks) == 5
    for block in blocks:
        assert len({line.count("|") for line in block.splitlines()}) == 1


def test_robustness_tells_the_worst_the_mean_and_who_falls_below_bicubic() -> None:
    page = REPORT.to_markdown()
    assert "Luma of the stills (1 of Set1;" in page
    assert "|  | bicubic | standard | lanczos |" in page
    assert "| **worst** | – | **-0.75** | **-0.03** |" in page
    assert "| **mean** | – | **+0.25** | **+0.22** |" in page
    assert "| area | 30.00 | +1.25 | +0.47 |" in page
    assert "More than 0.05 dB below bicubic:\n\n- standard: noise 10 -0.75\n" in page


def test_robustness_says_so_when_nobody_falls_below_bicubic() -> None:
    kept = tuple(score for score in ROBUST.scores if score.method != "standard")
    page = Report("x", "y", Measured(robust=RobustResult(kept))).to_markdown()
    assert "No method falls more than 0.05 dB below bicubic anywhere." in page


def test_the_json_holds_every_point_and_is_rounded(tmp_path: Path) -> None:
    page, data, *_ = write_report(REPORT, tmp_path / "docs")
    assert page.name == "results.md"
    read = json.loads(data.read_text())
    assert len(read["calls"][0]["points"]) == len(CALL.points)
    assert read["stills"]["scores"][0]["psnr"] == 30.1235
    assert read["calls"][0]["summary"]["standard"]["bd_psnr"] == -25
    assert read["robust"]["summary"]["standard"]["worst_at"] == "noise 10"
    assert read["macs"] == {"standard": 1_700_000_000}
    assert read["worst"][0]["frame"] == 7
    assert read["worst"][0]["gain"] == round(20 * np.log10(2 / 6), 4)


def test_the_page_shows_every_figure_that_was_drawn_and_no_other(tmp_path: Path) -> None:
    page, _, *figures = write_report(REPORT, tmp_path)
    names = ["calls-x264.png", "cost.png", "worst.png"]
    assert [figure.name for figure in figures] == names
    assert re.findall(r"!\[.*\]\((.*)\)", page.read_text()) == names
    assert all(figure.read_bytes().startswith(b"\x89PNG") for figure in figures)
    assert "![" not in REPORT.to_markdown()


def test_writing_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    first, second = (write_report(REPORT, tmp_path / name) for name in ("one", "two"))
    assert len(first) == 5
    for one, two in zip(first, second, strict=True):
        assert one.read_bytes() == two.read_bytes()


def test_the_machine_is_described_without_a_path_or_a_date() -> None:
    described = describe_machine()
    assert "cores" in described
    assert "/" not in described
    assert described == describe_machine()


def test_a_report_may_hold_stills_alone(tmp_path: Path) -> None:
    report = Report("x", "y", Measured(stills=STILLS))
    assert "## Calls" not in report.to_markdown()
    assert "## Robustness" not in report.to_markdown()
    assert len(write_report(report, tmp_path)) == 2
    summary = report.to_dict()["stills"]["summary"]
    assert summary["bicubic"]["Set1"]["psnr"] == pytest.approx(30.1235)


def test_without_matplotlib_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(MissingExtraError, match=r'pip install "pellucid\[bench\]"'):
        write_report(REPORT, tmp_path / "docs")
    assert not (tmp_path / "docs").exists()
