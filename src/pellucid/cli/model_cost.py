"""`pellucid model cost`: what a network costs, by layer, beside others, and on a device."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click
import numpy as np

from pellucid.artifact import shipped_models
from pellucid.audio.model import SUFFIX, read_voice
from pellucid.audio.stft import HOPS_A_SECOND
from pellucid.audio.voices import shipped_voices
from pellucid.bench import report
from pellucid.bench.cost import page
from pellucid.bench.cost.devices import DEVICES, Device, at_best, fused_at_best
from pellucid.bench.cost.graphs import Free, cost_of_graph
from pellucid.bench.cost.layers import Cost, cost_of_integer
from pellucid.cli.size import Size
from pellucid.errors import ArtifactError, MissingExtraError
from pellucid.video.engine import luma, pick_engine
from pellucid.video.model import load

KNOWN = ("srgan", "esrgan", "vgg16", "mobilenet-v2")
ROUNDS = 20  # of our own networks; others are run once
SECOND: Free = {"T": HOPS_A_SECOND}  # frames, of a voice network
A_SECOND = "1 s"


@click.command()
@click.argument("names", metavar="[NET]...", nargs=-1)
@click.option("--size", type=Size(1, 16_384), default="480x360", show_default=True,
              help="Of the picture that comes in.")  # fmt: skip
@click.option("--device", "devices", multiple=True, type=click.Choice(list(DEVICES)),
              help="Tell what it promises at best; may be repeated.")  # fmt: skip
@click.option("--time", "timed", is_flag=True, help="Measure networks of pictures here as well.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a page.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write cost.md and cost.json there.",
)
def cost(
    names: tuple[str, ...],
    size: tuple[int, int],
    devices: tuple[str, ...],
    timed: bool,
    as_json: bool,
    out: Path | None,
) -> None:
    """Count parameters, multiply-accumulates and bytes of NETs, by layer where it is one alone.

    NET: a shipped model, a model file, an ONNX file, or srgan, esrgan, vgg16, mobilenet-v2. Without
    any, all that are known by name.
    """
    costs = [_cost(name, size) for name in names or _every()]
    here = {c.name: seconds for c in costs if timed and (seconds := _time(c.name, size))}
    chosen = [DEVICES[name] for name in devices]
    told = json.dumps([_row(c, here, chosen) for c in costs], indent=1)
    text = _page(costs, here, chosen, _command(names, size, devices, timed))
    if out:
        out.mkdir(parents=True, exist_ok=True)
        (out / "cost.md").write_text(text + "\n")
        (out / "cost.json").write_text(told + "\n")
    click.echo(told if as_json else text)


def _every() -> list[str]:
    return [*KNOWN, *shipped_models(), *shipped_voices()]


def _cost(name: str, size: tuple[int, int]) -> Cost:
    told = f"{size[1]}x{size[0]}"
    if name in KNOWN:
        return _known(name, size)
    if name in shipped_voices():
        return cost_of_graph(shipped_voices()[name], SECOND, A_SECOND)
    if name not in shipped_models() and not Path(name).is_file():
        raise ArtifactError(f"{name}: no model file, and not one of {', '.join(_every())}")
    if name.endswith(SUFFIX):
        free = {2: size[0], 3: size[1], **SECOND}
        return cost_of_graph(Path(name), free, A_SECOND if _is_voice(Path(name)) else told)
    network, card = load(shipped_models().get(name, Path(name)))
    return cost_of_integer(card.name, network, *size)


def _is_voice(path: Path) -> bool:
    try:
        read_voice(path)
    except ArtifactError:
        return False
    return True


def _known(name: str, size: tuple[int, int]) -> Cost:
    try:
        from pellucid.training.nets.known import cost_of_known
    except ImportError as error:
        raise MissingExtraError(f'{name} needs torch: pip install "pellucid[train]"') from error
    return cost_of_known(name, *size)


def _time(name: str, size: tuple[int, int]) -> float | None:
    """Seconds for one picture on one thread, of ours the best of some; None for voices."""
    if name in KNOWN:
        from pellucid.training.nets.known import run_known

        return _seconds(run_known(name, *size), 1)
    if name in shipped_models():
        engine = pick_engine(load(shipped_models()[name])[0], threads=1)
        picture = np.random.default_rng(0).integers(0, 256, size, np.uint8)
        return _seconds(lambda: luma(engine, picture), ROUNDS)
    return None


def _seconds(run: Callable[[], Any], rounds: int) -> float:
    best = float("inf")
    for _ in range(rounds):
        start = time.perf_counter()
        run()
        best = min(best, time.perf_counter() - start)
    return best


def _page(
    costs: Sequence[Cost], here: dict[str, float], devices: Sequence[Device], command: str
) -> str:
    parts = [f"# What networks cost\n\nMade by `{command}` on {report.describe_machine()}."]
    parts += [page.TEXT, *([page.HERE_TEXT] if here else []), page.summary(costs, here)]
    parts += [page.by_layer(costs[0])] if len(costs) == 1 else []
    parts += [page.roofs(costs, devices)] if devices else []
    return "\n\n".join(parts)


def _row(cost: Cost, here: dict[str, float], devices: Sequence[Device]) -> dict[str, Any]:
    roofs = {d.name: [at_best(cost, d), fused_at_best(cost, d)] for d in devices}
    return page.as_dict(cost) | {"here": here.get(cost.name), "roofs": roofs}


def _command(
    names: Sequence[str], size: tuple[int, int], devices: Sequence[str], timed: bool
) -> str:
    parts = ["pellucid model cost", *names, f"--size {size[1]}x{size[0]}"]
    parts += [f"--device {name}" for name in devices] + (["--time"] if timed else [])
    return " ".join(parts)
