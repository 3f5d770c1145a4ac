"""`pellucid lab vivid`: what constraints do for a small network trained against critics."""

from __future__ import annotations

from pathlib import Path

import click

from pellucid.bench import peers
from pellucid.bench.suite import find_tests
from pellucid.errors import MissingExtraError
from pellucid.video.coding import ENCODERS, Codec

FOLDER = click.Path(path_type=Path, file_okay=False, exists=True)
SEEDS, STEPS, NAME = 2, 300, "vivid"
ARMS = ("supervised", "GAN", "GAN + local", "GAN + tangent", "GAN + latent", "all")


@click.command()
@click.argument("recipe", metavar="RECIPE", type=click.Path(path_type=Path))
@click.option("--data", type=FOLDER, multiple=True, required=True, help="Stills and clips below.")
@click.option("--run", "folder", type=click.Path(path_type=Path), default=Path("runs/vivid"),
              show_default=True, help="Where the places are kept.")  # fmt: skip
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True,
              help="Write the page, its crops and its journal there.")  # fmt: skip
@click.option("--name", default=NAME, show_default=True, help="Of the page: NAME.md, NAME.jsonl.")
@click.option("--arm", "arms", type=click.Choice(ARMS), multiple=True,
              help="Train this arm alone; may be repeated.")  # fmt: skip
@click.option("--seeds", type=click.IntRange(0, 10), default=SEEDS, show_default=True,
              help="Trainings of each arm.")  # fmt: skip
@click.option("--steps", type=click.IntRange(1), default=STEPS, show_default=True,
              help="Of each training.")  # fmt: skip
@click.option("--model", help="Judge this model, by name or file, beside where it began.")
@click.option("--test", type=FOLDER, help="Judge on the clips and stills below this folder.")
@click.option("--peers", "peer_folder", type=FOLDER, help="Other networks: NAME/model.onnx.")
@click.option("--peer", "only", multiple=True, help="Take this peer alone; may be repeated.")
@click.option("--codec", "codecs", multiple=True, type=click.Choice(list(ENCODERS)),
              default=("x264",), show_default=True, help="Codecs of the calls.")  # fmt: skip
def vivid(
    recipe: Path,
    data: tuple[Path, ...],
    folder: Path,
    out: Path,
    name: str,
    arms: tuple[str, ...],
    seeds: int,
    steps: int,
    model: str | None,
    test: Path | None,
    peer_folder: Path | None,
    only: tuple[str, ...],
    codecs: tuple[Codec, ...],
) -> None:
    """Train RECIPE supervised, against critics, and with each constraint; judge its shipped model.

    Trainings and judgements that are done are kept in NAME.jsonl: interrupted and started again,
    it goes on with the next one. Remove the file to judge another model.
    """
    try:
        from pellucid.lab.vivid import ablation, experiment, scores
        from pellucid.training.adversarial.moments import make_moments
        from pellucid.training.adversarial.recipe import read_adversarial_recipe, sources_of
        from pellucid.training.memory import keep_freed_memory
        from pellucid.training.run import use_threads
        from pellucid.training.sources import find_sources
    except ImportError as error:
        raise MissingExtraError('the lab needs: pip install "pellucid[train,lab]"') from error
    if bool(model) != bool(test):
        raise click.UsageError("--model and --test: expected both, or neither")
    if (peer_folder or only) and not test:
        raise click.UsageError("--peers and --peer: expected --model and --test as well")
    keep_freed_memory()
    use_threads(1)  # so that the same command gives the same numbers
    settings, pictures = read_adversarial_recipe(recipe)
    sources = sources_of(settings, find_sources(data))
    folder.mkdir(parents=True, exist_ok=True)
    moments = make_moments(pictures, sources, folder, lambda done, total: None)
    plan, files = ablation.Plan(settings, arms or ARMS, seeds, steps), experiment.Files(out, name)
    journal = ablation.open_journal(files.log, plan, moments)
    words = [f"pellucid lab vivid {recipe}", *(f"--data {one.name}" for one in data)]
    words += [f"--out {out.name}", *([f"--name {name}"] if name != NAME else [])]
    words += [f"--arm '{arm}'" for arm in arms] + [f"--seeds {seeds} --steps {steps}"]
    words += [f"--model {Path(model).name}"] if model else []
    words += [f"--test {test.name}"] if test else []
    words += [f"--peers {peer_folder.name}"] if peer_folder else []
    words += [f"--peer {name}" for name in only] + [f"--codec {codec}" for codec in codecs]
    try:
        experiment.train(journal, plan, moments, _told)
        if model and test:
            found = peers.find_peers(peer_folder) if peer_folder else ()
            others = [peers.load_peer(path) for path in found if not only or path.name in only]
            judging = experiment.Judging(scores.ours(model), others, find_tests(test), codecs)
            experiment.judge(journal, judging, files, _told)
    finally:
        click.echo(experiment.write_page(files, journal, plan, " ".join(words)))


def _told(done: str) -> None:
    click.echo(done, err=True)
