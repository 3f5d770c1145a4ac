"""The clean protocol on pictures made here."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from scenes import colourful, scene, write_png

from pellucid.bench import stills, ycbcr
from pellucid.bench.methods import ColourMethod, LumaMethod, cubic
from pellucid.bench.quality import psnr, ssim
from pellucid.errors import MediaError, RecipeError
from pellucid.frames import Plane
from pellucid.video import halve


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "Set2"
    made.mkdir()
    write_png(made / "b.png", colourful(41, 63))
    write_png(made / "a.png", scene(40, 64))
    (made / "readme.txt").write_text("not a picture")
    return made


def test_odd_sizes_are_cropped_and_grey_is_repeated(folder: Path) -> None:
    odd, grey = stills.read_still(folder / "b.png"), stills.read_still(folder / "a.png")
    assert np.array_equal(odd, colourful(41, 63)[:40, :62])
    assert grey.shape == (40, 64, 3)


def test_bicubic_is_scored_as_the_field_does(folder: Path) -> None:
    result = stills.run([folder], [])
    assert [(s.folder, s.picture) for s in result.scores] == [("Set2", "a.png"), ("Set2", "b.png")]
    still = stills.read_still(folder / "b.png")
    low = halve.rgb_bicubic(still)
    made = np.stack([cubic(low[..., channel]) for channel in range(3)], axis=-1)
    pair = ycbcr.luma(still), ycbcr.luma(made)
    assert result.scores[1].psnr == psnr(*pair, border=2)
    assert result.scores[1].ssim == ssim(*pair, border=2)


def test_a_perfect_colour_method_reaches_the_ceiling(folder: Path) -> None:
    stored = {
        halve.rgb_bicubic(still).tobytes(): still
        for still in (stills.read_still(path) for path in stills.pictures_in(folder))
    }
    oracle = ColourMethod("oracle", lambda low: stored[low.tobytes()])
    assert stills.run([folder], [oracle]).mean("Set2", "oracle", "psnr") == 100


def test_a_luma_method_is_given_rounded_luma(folder: Path) -> None:
    seen: list[Plane] = []

    def look(low: Plane) -> Plane:
        seen.append(low)
        return cubic(low)

    result = stills.run([folder], [LumaMethod("look", look)])
    low = halve.rgb_bicubic(stills.read_still(folder / "a.png"))
    assert np.array_equal(seen[0], ycbcr.luma_plane(low))
    bicubic, ours = (result.mean("Set2", method, "psnr") for method in result.methods)
    assert abs(bicubic - ours) < 0.2  # rounding luma instead of R'G'B' is all that differs


def test_a_result_is_json(folder: Path) -> None:
    result = stills.run([folder], [])
    read = json.loads(json.dumps(result.to_dict(), allow_nan=False))
    assert read["summary"]["bicubic"]["Set2"]["psnr"] == result.mean("Set2", "bicubic", "psnr")


def test_what_cannot_be_measured_is_refused(tmp_path: Path, folder: Path) -> None:
    with pytest.raises(MediaError, match="no pictures"):
        stills.run([tmp_path], [])
    with pytest.raises(RecipeError, match="different names"):
        stills.run([folder], [LumaMethod("bicubic", cubic)])
