"""Making networks smaller: arms that follow each other, honest sizes, the answer, the command."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from command import pellucid
from pellucid.bench import suite
from pellucid.bench.methods import matlab_bicubic
from pellucid.cli.lab_compress import PARTS
from pellucid.lab.compress.arms import ARMS, GROUPS, LARGE, MIDDLE, PIPELINE, SMALL
from pellucid.lab.compress.judged import judge, method_of
from pellucid.lab.compress.lossless import shipped
from pellucid.lab.compress.outcome import Measured, stages
from pellucid.lab.compress.page import page
from pellucid.lab.compress.sizes import as_kept, sizes_of_float, tensors_to_pack
from pellucid.training.compress.pruning import prune_smallest
from pellucid.training.compress.sharing import share_values
from pellucid.training.nets.light import LightNet
from pellucid.training.nets.plain import PlainNet, Shape
from pellucid.training.recipe import read_recipe

RECIPE = Path(__file__).parents[2] / "recipes" / "ladder.toml"


def test_every_arm_starts_from_one_before_it_of_its_size() -> None:
    assert tuple(GROUPS) == PARTS
    names = list(ARMS)
    for name, arm in ARMS.items():
        for other in filter(None, (arm.start, arm.teacher)):
            assert names.index(other) < names.index(name)
        assert not arm.start or ARMS[arm.start].size == arm.size


def test_the_networks_are_as_large_as_their_names_say() -> None:
    base = read_recipe(RECIPE)
    for size, count in ((LARGE, 133_408), (MIDDLE, 61_296), (SMALL, 10_020)):
        arm = next(one for one in ARMS.values() if one.size == size)
        net = PlainNet(arm.recipe(base, 10, 1).shape)
        assert sum(p.numel() for p in net.parameters()) == count


def small() -> PlainNet:
    torch.manual_seed(1)
    return PlainNet(Shape(8, 2, 2, "bilinear"))


def test_each_stage_is_smaller_and_is_what_it_says() -> None:
    net = small()
    total = sum(p.numel() for p in net.parameters())
    assert sizes_of_float(net).keys() == {"float32", "huffman", "ans"}
    assert sizes_of_float(net)["float32"] == 4 * total
    prune_smallest(net, 0.85)
    kept = sum(int((tensor != 0).sum()) for tensor in tensors_to_pack(net).values())
    pruned = sizes_of_float(net)
    assert 4 * kept < pruned["sparse"] < 0.35 * pruned["float32"]
    share_values(net, 16)
    shared = sizes_of_float(net)
    assert shared["sparse"] == pruned["sparse"]
    assert shared["ans"] <= shared["huffman"]
    assert shared["indexed"] < pruned["sparse"]


@pytest.mark.parametrize("block", ["plain", "separable", "binary"])
def test_what_is_kept_is_the_network(block: str) -> None:
    torch.manual_seed(1)
    net = LightNet(block, Shape(8, 2, 2, "bilinear")).eval()
    low, traces = torch.rand(1, 1, 12, 12), torch.zeros(1, 36)
    with torch.no_grad():
        made, again = net(low, traces), as_kept(net)(low, traces)
    assert torch.allclose(made, again, atol=2e-3)
    assert not torch.equal(made, low.repeat_interleave(2, 2).repeat_interleave(2, 3))


def test_a_sign_takes_a_bit() -> None:
    wide = {block: LightNet(block, Shape(64, 4, 2, "bilinear")) for block in ("plain", "binary")}
    sizes = {block: sizes_of_float(net)["ans"] for block, net in wide.items()}
    signs = 4 * 64 * 64 * 9
    rest = sum(p.numel() for name, p in wide["binary"].named_parameters() if "conv" not in name)
    assert signs / 8 < sizes["binary"] < signs / 8 + 2 * rest + 4 * 64 * 2 + 1200
    assert sizes["plain"] > 6 * sizes["binary"]


def made_up(arm: str, gain: float, **sizes: int) -> Measured:
    gains = {"stills": gain / 2, "clips": gain}
    return Measured(arm, 10, 61_296, 2000, 1000, 0, sizes, gains, gains)


def told(last: int, gain: float) -> str:
    found = [made_up(arm, 0.9, float32=245_184, huffman=9, ans=8) for arm in PIPELINE]
    found[-1] = made_up("shared", gain, float32=245_184, indexed=14_000, huffman=last + 9, ans=last)
    return page(found, shipped(), [], ("few pairs", "pellucid lab compress", "a machine"))


def test_the_answer_is_what_was_asked_for_or_is_not() -> None:
    assert "**24.5 times smaller** than its float32, and loses **0.050 dB**" in told(10_000, 0.85)
    assert "reaches 20 times within 0.1 dB" in told(10_000, 0.85)
    assert "does not reach 20 times" in told(10_000, 0.79)
    assert "does not reach 20 times" in told(13_000, 0.85)
    assert "| shared values | 14,000 | 17.5 | +0.850 |" in told(10_000, 0.85)
    assert "learned from few pairs" in told(10_000, 0.85)


def test_without_the_whole_pipeline_there_is_no_answer() -> None:
    found = [made_up("large", 0.9, float32=100)]
    assert "times smaller**" not in page(found, shipped(), [], ("", "", ""))
    assert stages({}) == []


def test_coding_alone_gains_little_on_shipped_networks() -> None:
    found = {one.name: one for one in shipped()}
    assert found.keys() >= {"clean", "lite", "standard"}
    for one in found.values():
        assert one.ans <= one.huffman
        assert 6 < one.bits < 8
    assert found["standard"].ans < found["standard"].tensors


@pytest.mark.parametrize("size", [(12, 16), (13, 15)])
def test_a_network_is_judged_at_any_size(size: tuple[int, int]) -> None:
    plane = np.random.default_rng(0).integers(0, 256, size, np.uint8)
    net = small().eval()
    made = method_of("small", net).enlarge(plane)
    assert made.shape == (2 * size[0], 2 * size[1])
    padded = np.pad(plane, [(0, side % 2) for side in size], mode="edge")
    low = torch.from_numpy(padded).float()[None, None] / 255
    with torch.no_grad():
        told = (net(low, torch.zeros(1, 36))[0, 0].numpy() * 255).round().clip(0, 255)
    np.testing.assert_array_equal(made, told[: made.shape[0], : made.shape[1]])


def test_gains_are_above_bicubic(pictures: Path) -> None:
    tests = suite.Tests((), (pictures,))
    assert judge(tests, matlab_bicubic())["gains"] == {pictures.name: 0}
    assert judge(tests, method_of("small", small().eval()))["gains"][pictures.name] != 0


@pytest.fixture
def recipe(tmp_path: Path) -> Path:
    text = RECIPE.read_text()
    for key, value in {"clip_takes": 1, "batch": 1, "patch": 24}.items():
        text, changed = re.subn(rf"^{key} = .*$", f"{key} = {value}", text, flags=re.MULTILINE)
        assert changed == 1
    (tmp_path / "small.toml").write_text(text)
    return tmp_path / "small.toml"


def test_the_command_trains_each_part_and_goes_on(
    pictures: Path, recipe: Path, tmp_path: Path
) -> None:
    out = tmp_path / "docs"
    words = ["lab", "compress", recipe, "--data", pictures, "--run", tmp_path / "run"]
    words += ["--out", out, "--steps", 2, "--tune", 1]
    tests = tmp_path / "tests"
    tests.mkdir()
    Image.fromarray(np.arange(48 * 40, dtype=np.uint32).astype(np.uint8).reshape(40, 48)).convert(
        "RGB"
    ).save(tests / "still.png")
    done = pellucid(*words, "--only", "pipeline", "--test", tests)
    assert done.returncode == 0, done.stderr
    assert [line for line in done.stderr.splitlines() if "judged" in line] == [
        "large: judged",
        "shared: judged",
    ]
    assert "| network | tests, dB |" in (out / "compress.md").read_text()
    assert done.stderr.count(" left") == len(PIPELINE)
    assert "times smaller**" in (out / "compress.md").read_text()
    done = pellucid(*words)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count(" left") == len(ARMS) - len(PIPELINE)
    rows = [json.loads(line) for line in (out / "compress.jsonl").read_text().splitlines()[1:]]
    assert {row["arm"] for row in rows} == set(ARMS)
    by = {row["arm"]: row for row in rows}
    assert by["small pruned"]["nonzero"] < 0.6 * by["small pruned"]["macs"]
    assert by["int4"]["sizes"]["ans"] < by["int8"]["sizes"]["ans"]
    assert by["binary"]["bits"] > 0.8 * by["binary"]["macs"]
    with Image.open(out / "compress.png") as drawn:
        assert drawn.width > 800
    done = pellucid(*words[:-1], 2)
    assert done.returncode == 1
    assert "move it away" in done.stderr
