"""Every format opens in its makers' runtime and is as close to the reference as its card says."""

from __future__ import annotations

import json
import subprocess
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pellucid.artifact import find_model
from pellucid.errors import ExportError, MediaError, MissingExtraError
from pellucid.video.integer import reference
from pellucid.video.model import load
from video.networks import random_network

pytest.importorskip("torch")
from pellucid.export import check, samples
from pellucid.export.quiet import quiet
from pellucid.export.to_onnx import ONNX
from pellucid.export.video import FORMATS, Job, export_video
from pellucid.export.writing import digest_of

SIZE = (48, 64)
MODEL = find_model("lite")
SUFFIXES = {"coreml": ".mlpackage", "ncnn": ".ncnn.param"}


def job(name: str, level: int | None = None) -> Job:
    network, card = load(MODEL)
    return Job(network, card, digest_of(MODEL), FORMATS[name], SIZE, level)


def needs(name: str) -> None:
    with quiet():
        for module in FORMATS[name].modules:
            pytest.importorskip(module, exc_type=ImportError)


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_opens_and_is_as_close_as_its_card_says(name: str, tmp_path: Path) -> None:
    needs(name)
    target = tmp_path / "made"
    card = export_video(job(name), target)
    assert json.loads((target / "card.json").read_text()) == card
    assert card["model_sha256"] == digest_of(MODEL)
    assert card["licence"] == "Apache-2.0"
    for file, told in card["files"].items():
        assert (target / file).stat().st_size == told["bytes"] > 0
        assert digest_of(target / file) == told["sha256"]
    network = load(MODEL)[0].networks[card["level"]]
    luma = samples.picture(SIZE)
    paths = [target / f"lite{SUFFIXES.get(name, '.' + name)}", target / "lite.ncnn.bin"]
    with quiet():
        made = FORMATS[name].run(paths, luma)
    off = int(np.abs(np.floor(made + 0.5) - reference(network, luma)).max())
    assert off == card["largest_difference"] <= (0 if card["same_bytes"] else check.MOST_LEVELS)
    assert card["same_bytes"] == (name == "onnx")


def test_what_makes_other_pictures_is_refused(tmp_path: Path) -> None:
    """The reference of one network, the file of another."""
    paths = ONNX.convert(random_network(1, 2, 1, 8), SIZE, tmp_path, "other")
    with pytest.raises(ExportError, match="not written, it is up to"):
        check.difference(load(MODEL)[0].networks[0], ONNX, paths, SIZE)


def test_levels_are_chosen_and_checked(tmp_path: Path) -> None:
    needs("onnx")
    cards = [export_video(job("onnx", level), tmp_path / str(level)) for level in (0, 3)]
    assert [card["level"] for card in cards] == [0, 3]
    assert len({card["files"]["lite.onnx"]["sha256"] for card in cards}) == 2
    network = load(MODEL)[0]
    assert export_video(job("onnx"), tmp_path / "x")["level"] == samples.ordinary_level(network)
    with pytest.raises(ExportError, match="expected 0 to 3"):
        export_video(job("onnx", 4), tmp_path / "y")


def test_an_export_is_replaced_only_when_asked_and_only_by_an_export(tmp_path: Path) -> None:
    needs("onnx")
    target = tmp_path / "made"
    export_video(job("onnx", 0), target)
    before = digest_of(target / "lite.onnx")
    with pytest.raises(MediaError, match="exists already"):
        export_video(job("onnx", 1), target)
    with pytest.raises(ExportError, match="level"):
        export_video(job("onnx", 9), target, overwrite=True)
    assert digest_of(target / "lite.onnx") == before
    export_video(job("onnx", 1), target, overwrite=True)
    assert digest_of(target / "lite.onnx") != before
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "letter.txt").write_text("dear")
    with pytest.raises(MediaError, match="not an export"):
        export_video(job("onnx", 1), mine, overwrite=True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["made", "mine"]


def test_a_missing_converter_is_named_with_what_installs_it() -> None:
    lacking = replace(FORMATS["tflite"], modules=("onnxruntime", "no_such_converter"))
    with pytest.raises(MissingExtraError, match=r"needs no_such_converter: .*\[export-tflite\]"):
        lacking.check_installed()


def test_what_converters_say_is_not_shown(capfd: pytest.CaptureFixture[str]) -> None:
    print("before")
    with quiet():
        print("in python")
        subprocess.run(["echo", "in another process"], check=True)
        warnings.warn("in a warning", stacklevel=1)
    print("after")
    assert capfd.readouterr() == ("before\nafter\n", "")


def test_sample_pictures_have_the_size_that_was_asked_for() -> None:
    for size in ((2, 3), (33, 47), (400, 1000)):
        assert samples.picture(size).shape == size
