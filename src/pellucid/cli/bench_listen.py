"""`pellucid bench listen`: labels of recordings and mixtures, beside detectors of voices."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from pellucid.audio.listen import MODEL

if TYPE_CHECKING:
    from pellucid.bench.listen import Judged, Kept

Row = TypeVar("Row", "Judged", "Kept")
FOLDER = click.Path(path_type=Path, file_okay=False, exists=True)
PATH = click.Path(path_type=Path)
RATES = (16_000, 48_000)  # Hz, of the single pushes
KEPT = ("music", "speech 5 dB over noise")  # scenes that the denoiser is given


@click.command()
@click.option("--speech", type=FOLDER, required=True, help="Voices below it, nothing else.")
@click.option("--music", type=FOLDER, required=True, help="Music below it.")
@click.option("--noise", type=FOLDER, required=True, help="Noises below it.")
@click.option("--model", type=PATH, default=MODEL, help="A model file in place of the shipped one.")
@click.option("--peer", "peer_files", type=PATH, multiple=True,
              help="A voice detector, ONNX in Silero's form; may be repeated.")  # fmt: skip
@click.option("--count", type=click.IntRange(1), help="Recordings of each kind; all if unset.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False),
              help="Write classify.md and .json there.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a page.")
def listen(
    speech: Path,
    music: Path,
    noise: Path,
    model: Path,
    peer_files: tuple[Path, ...],
    count: int | None,
    out: Path | None,
    as_json: bool,
) -> None:
    """Score labels of speech, music, noise and silence, alone and mixed, with 95 % intervals.

    Voices are also laid over noises at 0, 5 and 10 dB and over music at 0 and 10 dB. WebRTC's
    detector takes part where py-webrtcvad is installed.
    """
    from pellucid.bench import listen as protocol
    from pellucid.bench import listen_items, listen_page, listen_peers, report

    detectors = [*listen_peers.webrtc(), *map(listen_peers.silero, peer_files)]
    items = list(listen_items.items(speech, music, noise, count))
    rows = list(_told(protocol.measure(items, model, detectors)))
    kept = list(_told(protocol.keep(one for one in items if one.scene in KEPT)))
    words = [f"--model {model.name}"] if model != MODEL else []
    words += [f"--peer {path.name}" for path in peer_files]
    words += [f"--count {count}"] if count else []
    folders = f"--speech {speech.name} --music {music.name} --noise {noise.name}"
    command = " ".join(["pellucid bench listen", folders, *words])
    pushes = {rate: protocol.single_pushes(model, rate) for rate in RATES}
    found = listen_page.Found(command, report.describe_machine(), rows, kept, pushes)
    text = listen_page.page(found)
    if out:
        listen_page.write(out, text, found)
    click.echo(listen_page.as_json(found) if as_json else text)


def _told(rows: Iterable[Row]) -> Iterator[Row]:
    """All rows, each told as it comes."""
    for number, row in enumerate(rows, start=1):
        click.echo(f"{number} {row.scene} {row.name}", err=True)
        yield row
