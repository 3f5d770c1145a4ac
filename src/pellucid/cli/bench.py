"""`pellucid bench`: comparisons with other networks, measured in one run."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import click

from pellucid.artifact import find_model
from pellucid.bench import peers, report, suite
from pellucid.bench.methods import Method, swscale
from pellucid.bench.sharpen import sharpened
from pellucid.cli.bench_conceal import conceal
from pellucid.cli.bench_listen import listen
from pellucid.cli.bench_playout import playout
from pellucid.cli.bench_voice import extend, voice
from pellucid.errors import MissingExtraError
from pellucid.video.coding import ENCODERS, Codec
from pellucid.video.model import load

FOLDER = click.Path(path_type=Path, file_okay=False, exists=True)


@click.group()
def bench() -> None:
    """Measure Pellucid beside its peers; every number comes with the command that made it."""


@bench.command()
@click.option("--test", type=FOLDER, required=True, help="Clips and folders of stills below it.")
@click.option("--peers", "peer_folder", type=FOLDER, help="Other networks: NAME/model.onnx.")
@click.option("--peer", "only", multiple=True, help="Take this peer alone; may be repeated.")
@click.option("--model", "names", multiple=True, default=["standard"], show_default=True,
              help="Our models, by name or file; may be repeated.")  # fmt: skip
@click.option("--codec", "codecs", multiple=True, type=click.Choice(list(ENCODERS)),
              default=suite.CODECS, show_default=True, help="Codecs of the calls.")  # fmt: skip
@click.option("--protocol", "protocols", multiple=True, type=click.Choice(suite.PROTOCOLS),
              default=suite.PROTOCOLS, show_default=True, help="What to measure.")  # fmt: skip
@click.option("--sharpen", "amounts", multiple=True, type=click.FloatRange(0, min_open=True),
              help="Measure all but bicubic once more, followed by an unsharp mask of this "
              "strength; may be repeated.")  # fmt: skip
@click.option("--out", type=click.Path(path_type=Path),
              help="Write results.md, results.json and figures there.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a page.")
def video(
    test: Path,
    peer_folder: Path | None,
    only: tuple[str, ...],
    names: tuple[str, ...],
    codecs: tuple[Codec, ...],
    protocols: tuple[suite.Protocol, ...],
    amounts: tuple[float, ...],
    out: Path | None,
    as_json: bool,
) -> None:
    """Compare picture quality: through calls, on clean stills, and on spoilt ones.

    Calls: clips are halved, coded at 150, 300 and 600 kbit/s, decoded, enlarged and held against
    the original by VMAF-NEG, PSNR, SSIM and BD-rate. Stills: PSNR and SSIM as papers give them.
    Robust: PSNR over bicubic's, where stills are halved by other kernels, noisy, or coded.
    """
    if out:
        report.check_figures()
    tests = suite.find_tests(test)
    own = [suite.network_method(Path(name).stem, load(find_model(name))[0]) for name in names]
    methods: list[Method] = [swscale("lanczos"), *own]
    methods += [peers.load_peer(path, threads=2) for path in _peers(peer_folder, only)]
    methods += [sharpened(method, amount) for amount in amounts for method in methods]
    plan = suite.Plan(protocols, codecs, own[0] if out else None)
    measured = suite.measure(tests, methods, plan, lambda part: click.echo(part, err=True))
    words = [f"--test {test.name}", *([f"--peers {peer_folder.name}"] if peer_folder else [])]
    words += [f"--peer {name}" for name in only] + [f"--model {Path(name).name}" for name in names]
    words += [f"--codec {name}" for name in codecs if codecs != suite.CODECS]
    words += [f"--protocol {name}" for name in protocols if protocols != suite.PROTOCOLS]
    words += [f"--sharpen {amount:g}" for amount in amounts]
    made = report.Report(
        command=" ".join(["pellucid bench video", *words]),
        machine=report.describe_machine(),
        measured=measured,
        ours=tuple(method.name for method in own),
        macs={method.name: method.macs for method in methods if method.macs is not None},
    )
    if out:
        for path in report.write_report(made, out):
            click.echo(str(path), err=True)
    click.echo(json.dumps(made.to_dict(), indent=1) if as_json else made.to_markdown())


@bench.command()
@click.argument("recipe", metavar="RECIPE", type=click.Path(path_type=Path))
@click.option("--data", type=FOLDER, multiple=True, required=True, help="Stills and clips below.")
@click.option("--run", "folder", type=click.Path(path_type=Path), default=Path("runs/data"),
              show_default=True, help="Where patches and finished trainings are kept.")  # fmt: skip
@click.option("--seeds", type=click.IntRange(1), default=3, show_default=True,
              help="How many trainings on each share.")  # fmt: skip
@click.option("--steps", type=click.IntRange(1), help="In place of the recipe's.")
@click.option("--out", type=click.Path(path_type=Path), help="Draw data.png there.")
def data(
    recipe: Path, data: tuple[Path, ...], folder: Path, seeds: int, steps: int | None,
    out: Path | None,
) -> None:  # fmt: skip
    """Train RECIPE on 1, 3, 10, 30 and 100 % of the stills and clips: how much is enough?

    Scores are gains over bicubic on what is held out. Interrupted, it goes on when called again.
    """
    try:
        from pellucid.training import efficiency
        from pellucid.training.recipe import read_recipe
        from pellucid.training.run import Place
    except ImportError as error:
        raise MissingExtraError('training needs: pip install "pellucid[train]"') from error
    settings = read_recipe(recipe)
    settings = settings if steps is None else replace(settings, steps=steps)
    place = Place(data, folder)
    told = lambda trial: click.echo(str(trial), err=True)  # noqa: E731
    trials = efficiency.run(settings, place, seeds, lambda done, total: None, told)
    if out:
        out.mkdir(parents=True, exist_ok=True)
        efficiency.draw(trials, out / "data.png")
    click.echo(efficiency.table(trials))


def _peers(folder: Path | None, only: tuple[str, ...]) -> list[Path]:
    found = {path.name: path for path in peers.find_peers(folder)} if folder else {}
    if unknown := sorted(set(only) - found.keys()):
        known = ", ".join(found) or "none"
        raise click.UsageError(f"--peer: no {', '.join(unknown)} there; the peers are {known}")
    return [path for name, path in found.items() if not only or name in only]


@bench.command()
@click.option("--peers", "peer_folder", type=FOLDER, help="For OpenCV's network: NAME/model.onnx.")
@click.option("--clips", type=FOLDER, multiple=True,
              help="Recordings below it: what reuse saves, and from file to file.")  # fmt: skip
@click.option("--threads", "counts", type=click.IntRange(1), multiple=True, default=(1, 2),
              show_default=True, help="Threads to time with; may be repeated.")  # fmt: skip
@click.option("--repeats", type=click.IntRange(3), default=200, show_default=True,
              help="Pictures for each median.")  # fmt: skip
@click.option("--out", type=click.Path(path_type=Path), help="Write speed.md, .json, .png there.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a page.")
def speed(
    peer_folder: Path | None,
    clips: tuple[Path, ...],
    counts: tuple[int, ...],
    repeats: int,
    out: Path | None,
    as_json: bool,
) -> None:
    """Time every engine beside OpenVINO, ONNX Runtime, OpenCV and libswscale, taking turns.

    Those that are not installed are left out: pip install "pellucid[bench,speed]".
    """
    from pellucid.bench import live, speed_page, whole
    from pellucid.bench import speed as timing

    if out:
        report.check_figures()
    found = [clip for folder in clips for clip in suite.find_tests(folder).clips]
    measured = timing.run(peer_folder, counts, repeats)
    product = speed_page.Product(
        tuple(live.measure(found)), tuple(whole.file_to_file(found)), whole.memory()
    )
    words = [f"--peers {peer_folder.name}"] if peer_folder else []
    words += [f"--clips {folder.name}" for folder in clips]
    words += [f"--threads {count}" for count in counts if counts != (1, 2)]
    command = " ".join(["pellucid bench speed", *words, f"--repeats {repeats}"])
    machine = report.describe_machine()
    data = json.dumps(speed_page.as_dict(measured, product), indent=1)
    text = speed_page.page(command, machine, repeats, measured, product)
    if out:
        out.mkdir(parents=True, exist_ok=True)
        (out / "speed.md").write_text(text, "utf-8")
        (out / "speed.json").write_text(data + "\n", "utf-8")
        speed_page.draw(measured, out / "speed.png")
    click.echo(data if as_json else text)


bench.add_command(voice)
bench.add_command(extend)
bench.add_command(conceal)
bench.add_command(listen)
bench.add_command(playout)
