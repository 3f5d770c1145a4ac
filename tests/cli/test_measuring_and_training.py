"""`pellucid compare`, `bench video` and `train` on small real files."""

from __future__ import annotations

import json
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from command import fails, pellucid

SIZE = (128, 96)
RECIPE = Path(__file__).parents[2] / "recipes" / "video-standard.toml"


def picture(seed: int, width: int = SIZE[0], height: int = SIZE[1]) -> Image.Image:
    noise = np.random.default_rng(seed).integers(0, 256, (height // 8, width // 8, 3))
    return Image.fromarray(noise.astype(np.uint8)).resize((width, height), Image.Resampling.BICUBIC)


def write_clip(path: Path, size: tuple[int, int], crf: int) -> Path:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=30, options={"crf": str(crf)})
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        wide = picture(5, SIZE[0] + 64, SIZE[1])
        for index in range(12):
            view = wide.crop((index, 0, index + SIZE[0], SIZE[1])).resize(size)
            container.mux(stream.encode(av.VideoFrame.from_image(view)))
        container.mux(stream.encode(None))
    return path


def with_changes(recipe: str, changes: dict[str, object]) -> str:
    lines = [line for line in recipe.splitlines() if line.split(" ")[0] not in changes]
    return "\n".join([*lines, *(f"{key} = {value}" for key, value in changes.items())])


@pytest.fixture
def clips(tmp_path: Path) -> tuple[Path, Path, Path]:
    """An original, a good copy and a poor small one."""
    original = write_clip(tmp_path / "original.mp4", SIZE, 5)
    good = write_clip(tmp_path / "good.mp4", SIZE, 20)
    return original, good, write_clip(tmp_path / "poor.mp4", (SIZE[0] // 2, SIZE[1] // 2), 40)


def test_compare_puts_the_better_copy_ahead(clips: tuple[Path, Path, Path]) -> None:
    original, good, poor = clips
    drawing = original.with_name("look.png")
    done = pellucid("compare", original, good, "--before", poor, "--picture", drawing, "--json")
    assert done.returncode == 0, done.stderr
    scores = json.loads(done.stdout)
    assert scores["frames"] == 12
    for metric in ("psnr", "ssim", "vmaf_neg"):
        assert scores["output"][metric] > scores["before"][metric]
    assert scores["before"]["enlarged"]
    assert len(scores["output"]["worst"]) == 5
    with Image.open(scores["picture"]) as drawn:
        assert drawn.width > 1000


def test_compare_speaks_to_people_and_keeps_their_pictures(clips: tuple[Path, Path, Path]) -> None:
    original, good, _ = clips
    words = ["compare", original, good, "--picture", original.with_name("look.png")]
    first = pellucid(*words)
    assert "VMAF-NEG" in first.stdout
    assert "worst frames" in first.stdout
    fails(1, "exists already", *words)


def test_compare_takes_pictures(tmp_path: Path) -> None:
    picture(1).save(tmp_path / "a.png")
    picture(1).save(tmp_path / "b.jpg", quality=50)
    pictures = [tmp_path / name for name in ("a.png", "b.jpg", "look.png")]
    done = pellucid("compare", *pictures[:2], "--picture", pictures[2])
    assert done.returncode == 0, done.stderr


def test_compare_refuses_what_does_not_fit(clips: tuple[Path, Path, Path], tmp_path: Path) -> None:
    picture(1, 40, 40).save(tmp_path / "tiny.png")
    look = ["--picture", tmp_path / "look.png"]
    fails(1, "expected the reference's size", "compare", clips[0], tmp_path / "tiny.png", *look)
    fails(1, "no such file", "compare", clips[0], tmp_path / "missing.mp4", *look)
    assert not (tmp_path / "look.png").exists()


def test_bench_measures_calls_and_stills_and_writes_a_page(tmp_path: Path) -> None:
    (tmp_path / "test" / "Set1").mkdir(parents=True)
    write_clip(tmp_path / "test" / "clip.mp4", SIZE, 5)
    picture(2).save(tmp_path / "test" / "Set1" / "still.png")
    words = ["--test", tmp_path / "test", "--codec", "x264", "--out", tmp_path / "docs", "--json"]
    done = pellucid("bench", "video", *words)
    assert done.returncode == 0, done.stderr
    measured = json.loads(done.stdout)
    methods = measured["calls"][0]["summary"]
    assert methods.keys() == {"direct", "bicubic", "lanczos", "standard"}
    assert methods["bicubic"]["bd_psnr"] == 0
    assert measured["stills"]["summary"]["standard"]["Set1"]["psnr"] > 20
    page = (tmp_path / "docs" / "results.md").read_text()
    assert "pellucid bench video --test test" in page
    assert "| standard |" in page
    assert measured["robust"]["pictures"] == {"Set1": 1}
    assert measured["worst"][0]["clip"] == "clip"
    for name in ("calls-x264.png", "cost.png", "worst.png"):
        assert f"({name})" in page
        with Image.open(tmp_path / "docs" / name) as drawn:
            assert drawn.width > 1000


def test_bench_measures_a_part_with_a_sharpener_after_each_method(tmp_path: Path) -> None:
    (tmp_path / "Set1").mkdir()
    picture(2).save(tmp_path / "Set1" / "still.png")
    words = ["--test", tmp_path, "--protocol", "robust", "--sharpen", 0.25]
    done = pellucid("bench", "video", *words)
    assert done.returncode == 0, done.stderr
    assert (
        f"--test {tmp_path.name} --model standard --protocol robust --sharpen 0.25" in done.stdout
    )
    names = ("bicubic", "lanczos", "standard", "lanczos +sharpen 0.25", "standard +sharpen 0.25")
    assert f"|  | {' | '.join(names)} |" in done.stdout
    assert "## Stills" not in done.stdout
    assert pellucid("bench", "video", *words[:-1], 0).returncode == 2


def test_bench_names_a_peer_it_does_not_find(tmp_path: Path) -> None:
    write_clip(tmp_path / "clip.mp4", SIZE, 5)
    done = pellucid("bench", "video", "--test", tmp_path, "--peers", tmp_path, "--peer", "typo")
    assert done.returncode == 2
    assert "no typo there" in done.stderr


def test_compare_refuses_a_frame_that_is_not_there(clips: tuple[Path, Path, Path]) -> None:
    look = clips[0].with_name("look.png")
    done = pellucid("compare", clips[0], clips[1], "--frame", 12, "--picture", look)
    assert done.returncode == 2
    assert "expected 0 to 11, got 12" in done.stderr


def test_bench_without_tests_is_one_clear_line(tmp_path: Path) -> None:
    fails(1, "holds no clip and no picture", "bench", "video", "--test", tmp_path)


def test_train_writes_a_scored_model_that_enhances(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    for seed in range(2):
        picture(seed, 264, 264).save(tmp_path / "data" / f"{seed}.png")
    (tmp_path / "test").mkdir()
    write_clip(tmp_path / "test" / "clip.mp4", SIZE, 5)
    changes = {
        "name": '"small"',
        "width": 3,
        "depth": 1,
        "steps": 4,
        "batch": 2,
        "patch": 24,
        "level_steps": 0,
    }
    recipe = tmp_path / "small.toml"
    recipe.write_text(with_changes(RECIPE.read_text(), changes))
    model = tmp_path / "small.safetensors"
    words = ["--data", tmp_path / "data", "--run", tmp_path / "run", "--out", model]
    words += ["--test", tmp_path / "test", "--data-licence", "CC0", "--threads", 1]
    words += ["--seed", 2, "--share", 0.5]
    done = pellucid("train", recipe, *words)
    assert done.returncode == 0, done.stderr
    (card,) = json.loads(pellucid("models", model, "--json").stdout)
    assert card["name"] == "small"
    assert card["data"] == "2 stills and 0 clips of data"
    assert card["data_licence"] == "CC0"
    assert card["command"].endswith("--data data --seed 2 --share 0.5")
    assert "bd_psnr" in card["scores"]["call x264"]["model"]
    enhanced = pellucid("enhance", tmp_path / "test" / "clip.mp4", "--model", model)
    assert enhanced.returncode == 0, enhanced.stderr


def test_train_that_cannot_end_well_does_not_begin(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    picture(0, 264, 264).save(tmp_path / "data" / "a.png")
    words = ["--data", tmp_path / "data", "--run", tmp_path / "run"]
    model = tmp_path / "no" / "m.safetensors"
    fails(1, "folder does not exist", "train", RECIPE, *words, "--out", model)


def test_train_without_pictures_is_one_clear_line(tmp_path: Path) -> None:
    fails(1, "no still and no clip", "train", RECIPE, "--data", tmp_path, "--run", tmp_path / "r")
    fails(1, "not a readable recipe", "train", tmp_path / "no.toml", "--data", tmp_path)
