"""`pellucid enhance`: a recording, a picture or a folder of them, made clearer."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from pellucid import pipeline
from pellucid.audio.clear import STEPS
from pellucid.cli import interrupt
from pellucid.errors import PellucidError
from pellucid.media import Encoding, is_sound
from pellucid.outcome import Failure, Outcome, Skipped
from pellucid.pipeline import Settings

Result = Outcome | Failure | Skipped
STATUS: dict[type[Result], str] = {Outcome: "done", Failure: "failed", Skipped: "skipped"}


@click.command()
@click.argument("source", metavar="IN", type=click.Path(path_type=Path))
@click.argument("target", metavar="[OUT]", required=False, type=click.Path(path_type=Path))
@click.option("--model", default="standard", show_default=True, help="Model name or file.")
@click.option(
    "--threads", type=click.IntRange(1), help="Threads to enlarge on; all cores if unset."
)
@click.option("--strength", type=click.FloatRange(0, 2), default=1.0, show_default=True,
              help="Below 1 softer, above 1 crisper; vivid: 0 to 1.")  # fmt: skip
@click.option("--codec", help="h264, hevc, vp9, av1 or ffv1 (lossless).")
@click.option("--crf", type=float, help="Quality of the output's coding; lower is better.")
@click.option("--preset", help="Speed of the output's coding, such as veryfast or slow.")
@click.option("--voice", metavar="STEPS", help="denoise, extend, "
              "denoise,extend or off; unset: both for sound files, off for videos.")  # fmt: skip
@click.option("--overwrite", is_flag=True, help="Replace an output that exists.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a file, no bar.")
def enhance(
    source: Path,
    target: Path | None,
    model: str,
    threads: int | None,
    strength: float,
    codec: str | None,
    crf: float | None,
    preset: str | None,
    voice: str | None,
    overwrite: bool,
    as_json: bool,
) -> int:
    """Make IN clearer: pictures twice as wide and high, voices without noise and with their band.

    IN is a video, a picture (PNG, JPEG, WebP), a sound file (WAV, FLAC, Opus, MP3, M4A) or a folder
    of these. OUT is IN-clear if not given. What is not enhanced is untouched.
    """
    results: list[Result] = []
    with Bar(as_json) as bar:
        try:
            encoding, steps = Encoding(codec, crf, preset), steps_of(voice)
            settings = Settings(model, threads, encoding, overwrite, strength, steps)
            for result in _run(source, target, settings, bar.show):
                results.append(_print(result, as_json))
        except PellucidError as error:
            results.append(_print(Failure(source, str(error)), as_json))
    failures = [result for result in results if isinstance(result, Failure)]
    if len(failures) and not as_json:
        if len(results) > 1:
            click.echo(f"pellucid: {len(failures)} of {len(results)} files failed:", err=True)
        for failure in failures:
            click.echo(f"pellucid: {failure.reason}", err=True)
    return 1 if failures else 0


def steps_of(voice: str | None) -> tuple[str, ...] | None:
    """What `--voice` asks for. Raises click.UsageError."""
    if voice is None or voice == "off":
        return None if voice is None else ()
    steps = tuple(voice.split(","))
    if unknown := sorted(set(steps) - set(STEPS)):
        choices = ", ".join((*STEPS, "off"))
        raise click.UsageError(f"--voice: expected {choices}, got {', '.join(unknown)}")
    return steps


class Bar:
    """A progress bar on a terminal; silent elsewhere. Starts afresh with each file.

    unit: what is counted; seconds for a sound file and frames for others if unset.
    """

    def __init__(self, as_json: bool, unit: str | None = None) -> None:
        self._unit = unit
        console = Console(stderr=True)
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.completed} {task.fields[unit]}, {task.fields[fps]:.1f} a second"),
            TimeRemainingColumn(),
        )
        silent = as_json or not console.is_terminal
        self._bar = Progress(*columns, console=console, transient=True, disable=silent)
        self._path: Path | None = None
        self._started = 0.0

    def __enter__(self) -> Bar:
        self._bar.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._bar.stop()

    def show(self, path: Path, done: int, total: int | None) -> None:
        """Take note of a frame: see `pipeline.Progress`."""
        interrupt.check()
        if path != self._path:
            self._begin(path)
        fps = done / max(time.monotonic() - self._started, 1e-9)
        # An estimated total may be too small; a bar past its end would look broken.
        self._bar.update(self._task, completed=done, total=total and max(total, done), fps=fps)

    def _begin(self, path: Path) -> None:
        for task in self._bar.task_ids:
            self._bar.remove_task(task)
        unit = self._unit or ("seconds" if is_sound(path) else "frames")
        self._task = self._bar.add_task(escape(path.name), total=None, fps=0.0, unit=unit)
        self._path, self._started = path, time.monotonic()


def _run(
    source: Path, target: Path | None, settings: Settings, report: pipeline.Progress
) -> Iterator[Result]:
    if source.is_dir():
        out = target or pipeline.default_target(source)
        yield from pipeline.enhance_folder(source, out, settings, report)
    else:
        yield pipeline.enhance(source, target, settings, report)


def _print(result: Result, as_json: bool) -> Result:
    """What was made goes to standard output; what went wrong is told at the end."""
    if as_json:
        click.echo(json.dumps(_as_dict(result)))
    elif not isinstance(result, Failure):
        click.echo(_as_line(result))
        for sentence in _complaints(result):
            click.echo(f"pellucid: {sentence}", err=True)
    return result


def _as_line(result: Outcome | Skipped) -> str:
    if isinstance(result, Skipped):
        return f"skipped: {result.source} ({result.target} exists)"
    if not result.frames:
        return f"{result.target}: its voice is clear"
    noun = "frame" if result.frames == 1 else "frames"
    return f"{result.target}: {result.width}x{result.height}, {result.frames} {noun}"


def _complaints(result: Outcome | Skipped) -> list[str]:
    if isinstance(result, Skipped):
        return []
    counted = {
        "damaged frames were concealed": result.concealed,
        "damaged frames at the start were lost": result.lost,
        "frames came in another size and were scaled": result.rescaled,
    }
    counts = [f"{result.source}: {count} {what}" for what, count in counted.items() if count]
    return [*counts, *result.warnings]


def _as_dict(result: Result) -> dict[str, Any]:
    values = {"status": STATUS[type(result)], **asdict(result)}
    return {key: str(v) if isinstance(v, Path) else v for key, v in values.items()}
