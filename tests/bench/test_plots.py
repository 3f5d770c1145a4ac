"""The figures: their sizes, how methods look, what a curve is, and labels that do not collide."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure
from matplotlib.text import Annotation
from PIL import Image

from pellucid.bench import labels, plots
from pellucid.bench.call_result import CallProtocol, CallResult, Metric, Point
from pellucid.bench.looks import looks_of

NAMES = ("direct", "bicubic", "lanczos", "ours", "ours +sharpen 0.25", "peer_a", "peer_b")
COSTS = {"ours": 1_700_000_000, "ours +sharpen 0.25": 1_700_000_000, "peer_a": 300_000_000}


def result(names: tuple[str, ...] = NAMES, metrics: tuple[Metric, ...] = ("psnr",)) -> CallResult:
    points = [
        Point(clip, name, rate, rate + extra, {m: 30 + np.log2(rate) + place for m in metrics})
        for clip, extra in (("office", 0), ("garden", 20))
        for place, name in enumerate(names)
        for rate in (150, 300, 600)
    ]
    return CallResult(CallProtocol(metrics=metrics), tuple(points))


@pytest.mark.parametrize("metrics", [("psnr",), ("vmaf_neg", "psnr")])
def test_figures_are_pictures_of_a_known_size(tmp_path: Path, metrics: tuple[Metric, ...]) -> None:
    measured = result(metrics=metrics)
    plots.draw_rates(measured, ["ours"], tmp_path / "rates.png")
    plots.draw_cost(measured, COSTS, ["ours"], tmp_path / "cost.png")
    for name in ("rates.png", "cost.png"):
        with Image.open(tmp_path / name) as image:
            assert image.size == (plots.WIDTH * plots.DPI, plots.HEIGHT * plots.DPI)
            assert len(image.convert("RGB").getcolors(1 << 20) or ()) > 20


def test_a_figure_grows_with_the_methods_it_names(tmp_path: Path) -> None:
    many = tuple(f"peer_{index}" for index in range(30))
    plots.draw_rates(result(("bicubic", *many)), [], tmp_path / "rates.png")
    with Image.open(tmp_path / "rates.png") as image:
        assert image.height > plots.HEIGHT * plots.DPI


def test_a_curve_is_the_mean_over_the_clips_at_each_target() -> None:
    curve = plots.mean_curve(result(), "bicubic", "psnr")
    assert curve == [(rate + 10, 31 + np.log2(rate)) for rate in (150, 300, 600)]
    assert plots.mean_curve(result(), "bicubic", "ssim") == []


def test_ours_stands_out_and_a_sharpened_method_keeps_its_colour() -> None:
    looks = looks_of(NAMES, ["ours"])
    assert list(looks) == list(NAMES)
    assert looks["ours"].width == max(look.width for look in looks.values())
    assert looks["ours +sharpen 0.25"].colour == looks["ours"].colour
    dashes = [looks[name].dash for name in ("direct", "bicubic", "ours", "ours +sharpen 0.25")]
    assert dashes == [":", "--", "-", "-."]
    assert len({looks[name].colour for name in ("ours", "peer_a", "peer_b")}) == 3


def test_names_that_clash_are_pushed_apart_alike() -> None:
    assert labels.spread([5.0, 5.0, 20.0], 2).tolist() == [4, 6, 20]
    assert labels.spread([9.0, 1.0, 5.0], 2).tolist() == [9, 1, 5]
    assert labels.spread([9.0, 1.0, 9.0], 2, (0, 9)).tolist() == [7, 1, 9]
    assert labels.spread([-3.0, 0.0], 2, (0, 9)).tolist() == [0, 2]


@given(st.lists(st.floats(-50, 50), min_size=1, max_size=12), st.floats(0.5, 5))
def test_spread_keeps_the_order_the_gap_and_the_mean(values: list[float], gap: float) -> None:
    placed = labels.spread(values, gap)
    order = np.argsort(values, kind="stable")
    assert (np.diff(placed[order]) >= gap - 1e-9).all()
    assert placed.mean() == pytest.approx(np.mean(values), abs=1e-9)


def test_labels_of_near_points_do_not_cover_each_other() -> None:
    axes = Figure((12, 5), dpi=100).add_subplot()
    axes.set(xlim=(0, 10), ylim=(0, 10))
    places = [(5.0, 5.0), (5.1, 5.05), (5.2, 4.9), (4.9, 5.1), (5.0, 5.2)]
    labels.label_points(axes, [(point, "a_long_name_of_a_peer", "#000000") for point in places])
    words = [child for child in axes.texts if isinstance(child, Annotation)]
    assert len(words) == len(places)
    boxes = [labels.extent(one) for one in words]
    assert not any(one.overlaps(other) for one, other in combinations(boxes, 2))
