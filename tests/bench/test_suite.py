"""A folder of tests measured as a whole, and what of it a model's card carries."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scenes import colourful, frame, moving, write_lossless, write_png

from pellucid.bench import robust, suite
from pellucid.bench.methods import enlarge_frame, enlarge_stream, swscale
from pellucid.errors import MediaError
from pellucid.video.integer import IntegerNetwork, Layer, reference
from pellucid.video.levels import Levels
from video.networks import noise
from video.test_gate import brighter_when_flat

# Adds nothing to its bilinear skip.
NETWORK = IntegerNetwork(
    (Layer(np.zeros((4, 1, 1, 1), np.int8), np.zeros(4, np.int32), np.zeros(4, np.int16), 0),),
    skip="bilinear",
)


@pytest.fixture
def tests(tmp_path: Path) -> suite.Tests:
    (tmp_path / "Set1").mkdir()
    write_png(tmp_path / "Set1" / "a.png", colourful(48, 64))
    write_lossless(tmp_path / "pan.mkv", moving(3, 192, 96))
    return suite.find_tests(tmp_path)


def test_a_plan_says_what_is_measured(tests: suite.Tests) -> None:
    said: list[str] = []
    plan = suite.Plan(("stills", "robust"))
    measured = suite.measure(tests, [swscale("lanczos")], plan, said.append)
    assert measured.calls == measured.worst == ()
    assert measured.stills is not None
    assert measured.robust is not None
    assert said == ["stills, Set1", "robustness, Set1"]


def test_the_watched_methods_worst_crops_are_kept(tests: suite.Tests) -> None:
    method = suite.network_method("ours", NETWORK)
    assert method.macs == NETWORK.macs(360, 480)
    plan = suite.Plan(("call",), ("vp8",), method)
    measured = suite.measure(tests, [method], plan)
    assert [result.protocol.codec for result in measured.calls] == ["vp8"]
    assert measured.stills is measured.robust is None
    assert len(measured.worst) == 2  # as many tiles as the clip has


def test_our_method_judges_a_stream_as_the_upscaler_does() -> None:
    network = brighter_when_flat()
    method = suite.network_method("ours", network)
    flat, mixed = np.full((20, 20), 9, np.uint8), noise(20, 20)
    mixed[13:] = 9
    stream, chosen = [frame(plane) for plane in [flat, mixed] * 3], Levels(network)
    for picture, made in zip(stream, enlarge_stream(method, stream), strict=True):
        expected = reference(network.networks[chosen.of(picture.y)], picture.y)
        np.testing.assert_array_equal(made, expected)
    assert not np.array_equal(enlarge_frame(method, stream[-1]), expected)  # alone: another level


def test_a_card_tells_the_worst_place_and_the_mean(tests: suite.Tests) -> None:
    stills = suite.Tests((), tests.stills)
    scores = suite.measure_model(NETWORK, stills)
    result = robust.run(tests.stills, [suite.network_method("model", NETWORK)])
    place, worst = result.worst("model")
    mean = result.mean("model")
    assert scores["robust"] == {
        "worst": round(worst, 4),
        "mean": round(mean, 4),
        "worst_at": place,
    }
    assert set(scores) == {"clean Set1", "robust"}
    assert worst < 0  # bilinear lies below bicubic somewhere


def test_a_folder_with_nothing_to_measure_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="no clip and no picture"):
        suite.find_tests(tmp_path)
