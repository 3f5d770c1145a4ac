"""`pellucid compare`: how near a video or picture is to its original, in numbers and to the eye."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pellucid.media import is_sound
from pellucid.media.atomic import check_target

if TYPE_CHECKING:
    from pellucid.bench.compare import Comparison, Verdict

PATH = click.Path(path_type=Path)


@click.command()
@click.argument("reference", metavar="REF", type=PATH)
@click.argument("output", metavar="OUT", type=PATH)
@click.option("--before", type=PATH, help="What OUT was made from, to show what was gained.")
@click.option("--picture", type=PATH, help="What to draw; OUT-compared.png here if unset.")
@click.option("--frame", type=click.IntRange(0), help="Frame to draw; a typical one if unset.")
@click.option("--overwrite", is_flag=True, help="Replace a picture that exists.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def compare(
    reference: Path,
    output: Path,
    before: Path | None,
    picture: Path | None,
    frame: int | None,
    overwrite: bool,
    as_json: bool,
) -> None:
    """Compare OUT with its original REF: VMAF-NEG, PSNR, SSIM, worst frames, and a picture.

    Videos or pictures; a file of half REF's size is enlarged with bicubic first. Sound files get
    PESQ-WB, eSTOI, SI-SDR, DNSMOS, the log-spectral distance, and spectrograms.
    """
    if is_sound(reference):
        compare_sounds(reference, output, before, picture, overwrite, as_json)
        return
    from pellucid.bench.compare import compare as judge
    from pellucid.bench.side_by_side import draw_comparison

    drawing = picture or Path(f"{output.stem}-compared.png")
    check_target(drawing, overwrite)
    result = judge(reference, output, before, threads=2)
    index = result.typical if frame is None else frame
    if index >= result.frames:
        raise click.UsageError(f"--frame: expected 0 to {result.frames - 1}, got {index}")
    draw_comparison(output, before, reference, index, drawing, overwrite)
    if as_json:
        click.echo(json.dumps(result.to_dict() | {"picture": str(drawing)}, indent=1))
        return
    click.echo(_as_text(result))
    click.echo(f"side by side: {drawing}")


def compare_sounds(
    reference: Path,
    output: Path,
    before: Path | None,
    picture: Path | None,
    overwrite: bool,
    as_json: bool,
) -> None:
    """`compare` for sound files."""
    from pellucid.bench.compare_voice import compare_voices

    drawing = picture or Path(f"{output.stem}-compared.png")
    check_target(drawing, overwrite)
    verdicts = compare_voices(reference, output, before, drawing, overwrite)
    if as_json:
        values = {"files": [asdict(verdict) for verdict in verdicts], "picture": str(drawing)}
        click.echo(json.dumps(values, indent=1))
        return
    for verdict in verdicts:
        numbers = ", ".join(f"{name} {value:.3f}" for name, value in verdict.scores.items())
        click.echo(f"{verdict.path}: {numbers}")
    click.echo(f"spectrograms: {drawing}")


def _as_text(result: Comparison) -> str:
    verdicts = [("after", result.output)]
    if result.before:
        verdicts.insert(0, ("before", result.before))
    lines = [f"{result.frames} frames against {result.reference}"]
    lines += [_as_line(name, verdict) for name, verdict in verdicts]
    worst = ", ".join(f"{s.index} ({s.time:.2f} s, {s.psnr:.2f} dB)" for s in result.output.worst)
    lines += [f"worst frames after: {worst}", *result.notes]
    return "\n".join(lines)


def _as_line(name: str, verdict: Verdict) -> str:
    vmaf = "not measured" if verdict.vmaf_neg is None else f"{verdict.vmaf_neg:.2f}"
    flicker = "–" if verdict.flicker is None else f"{verdict.flicker:.3f}"
    return (
        f"{name:>6}: VMAF-NEG {vmaf}, PSNR {verdict.psnr:.2f} dB, SSIM {verdict.ssim:.4f}, "
        f"flicker {flicker}  ({verdict.path})"
    )
