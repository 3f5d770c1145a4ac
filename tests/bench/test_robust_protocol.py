"""The robustness protocol on pictures made here, and what is read off its scores."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scenes import colourful, scene, write_png

from pellucid.bench import robust, ycbcr
from pellucid.bench.methods import ColourMethod, LumaMethod, scale, swscale
from pellucid.bench.quality import psnr
from pellucid.bench.robust_result import RobustResult, RobustScore
from pellucid.errors import MediaError, RecipeError
from pellucid.frames import Plane
from pellucid.video import halve


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "Set2"
    made.mkdir()
    write_png(made / "b.png", colourful(51, 67))
    write_png(made / "a.png", scene(48, 64))
    return made


def scores(gains: dict[str, dict[str, float]]) -> RobustResult:
    """One picture; bicubic has 30 dB everywhere."""
    places = next(iter(gains.values()))
    rows = {"bicubic": dict.fromkeys(places, 0.0), **gains}
    return RobustResult(
        tuple(
            RobustScore("Set1", "a.png", place, method, 30 + row[place])
            for place in places
            for method, row in rows.items()
        )
    )


def test_a_method_equal_to_bicubic_gains_exactly_nothing_anywhere(folder: Path) -> None:
    twin = replace(swscale("bicubic"), name="twin")
    result = robust.run([folder], [twin])
    assert len(result.degradations) == 17
    assert set(result.gains("twin").values()) == {0.0}
    assert result.worst("twin")[1] == result.mean("twin") == 0
    assert result.below_bicubic() == {}
    assert result.pictures == {"Set2": 2}


def test_every_number_is_psnr_of_the_inner_luma(folder: Path) -> None:
    result = robust.run([folder], [])
    luma = ycbcr.luma_plane(colourful(51, 67))[:48, :64]
    expected = psnr(luma, scale(halve.area(luma), "bicubic"), border=2)
    wanted = ("b.png", "area", "bicubic")
    chosen = [s for s in result.scores if (s.picture, s.degradation, s.method) == wanted]
    assert [score.psnr for score in chosen] == [expected]


def test_two_runs_agree_to_the_last_digit(folder: Path) -> None:
    first, second = (robust.run([folder], [swscale("lanczos")]) for _ in range(2))
    assert first == second


def test_a_colour_method_sees_the_received_picture_in_grey(folder: Path) -> None:
    seen: list[Plane] = []

    def look(picture: Plane) -> Plane:
        seen.append(picture)
        return picture.repeat(2, axis=0).repeat(2, axis=1)

    grey = ColourMethod("colour", look)
    plain = LumaMethod("luma", lambda low: low.repeat(2, axis=0).repeat(2, axis=1))
    result = robust.run([folder], [grey, plain], most=1)
    assert len(seen) == 17
    assert all((one == one[..., :1]).all() for one in seen)
    low = halve.area(ycbcr.luma_plane(np.stack([scene(48, 64)] * 3, axis=-1)))
    assert np.array_equal(ycbcr.luma_plane(seen[0]), low)  # there and back loses nothing
    assert result.gains("colour")["area"] == result.gains("luma")["area"]


def test_pictures_are_taken_evenly_and_at_most_so_many() -> None:
    paths = [Path(f"{index:03}.png") for index in range(100)]
    assert robust.spread(paths, 20) == tuple(paths[::5])
    assert robust.spread(paths[:7], 3) == (paths[0], paths[2], paths[4])
    assert robust.spread(paths[:5], 20) == tuple(paths[:5])


def test_worst_and_mean_are_over_degradations() -> None:
    result = scores({"ours": {"area": 1.0, "noise 5": -0.5, "jpeg 50": 0.7}})
    assert result.worst("ours") == ("noise 5", -0.5)
    assert result.mean("ours") == pytest.approx(0.4)
    assert result.summary()["ours"]["worst_at"] == "noise 5"


def test_a_mean_over_pictures_weighs_each_alike() -> None:
    gains = {"a.png": 2.0, "b.png": -1.0}
    result = RobustResult(
        tuple(
            RobustScore(folder, name, "area", method, 30 + (gain if method == "ours" else 0))
            for folder, (name, gain) in zip(("Set1", "Set2"), gains.items(), strict=True)
            for method in ("bicubic", "ours")
        )
    )
    assert result.gains("ours") == {"area": 0.5}
    assert result.of(["Set2"]).gains("ours") == {"area": -1}


def test_who_falls_below_bicubic_is_named_worst_place_first() -> None:
    places = ("area", "noise 5", "noise 10", "jpeg 50")
    result = scores(
        {
            "frail": dict(zip(places, (1.0, -0.5, -2.0, 0.1), strict=True)),
            "sound": dict(zip(places, (0.5, 0.1, -0.04, 0.2), strict=True)),
        }
    )
    below = result.below_bicubic()
    assert list(below) == ["frail"]
    assert list(below["frail"].items()) == [("noise 10", -2.0), ("noise 5", -0.5)]


def test_a_result_is_json(folder: Path) -> None:
    result = robust.run([folder], [], most=1)
    read = json.loads(json.dumps(result.to_dict(), allow_nan=False))
    assert read["pictures"] == {"Set2": 1}
    assert len(read["scores"]) == 17
    assert read["summary"]["bicubic"]["psnr"]["area"] == result.psnr("bicubic", "area")


def test_what_cannot_be_measured_is_refused(tmp_path: Path, folder: Path) -> None:
    with pytest.raises(MediaError, match="no pictures"):
        robust.run([tmp_path], [])
    with pytest.raises(RecipeError, match="different names"):
        robust.run([folder], [swscale("bicubic")])
