"""The main job from path to path: a recording or a picture in, the same one clearer out.

Source ─ VideoFrame ─▶ Upscaler ─ VideoFrame ─▶ Sink
   ├──── sound, if asked for ─▶ denoise, extend ─▶┤
   └──── subtitles, everything else, untouched ───┘
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from glob import escape
from pathlib import Path

from pellucid.errors import MediaError, PellucidError, UnsupportedMediaError
from pellucid.frames import VideoFrame
from pellucid.media import Encoding, Heard, Passed, Sink, Source, is_picture, is_sound, media_files
from pellucid.media.atomic import check_not_source, check_target
from pellucid.media.encoding import MUXERS
from pellucid.outcome import Failure, Outcome, Skipped
from pellucid.overlap import Behind, ahead
from pellucid.stream import Stage
from pellucid.video import chroma
from pellucid.video.upscale import Upscaler
from pellucid.voices import Voices, enhance_sound

OTHER_PICTURES = {".avif", ".bmp", ".gif", ".heic", ".tif", ".tiff"}
MARK = "-clear"  # call.mp4 becomes call-clear.mp4 where no other name is asked for

IN_FLIGHT = 2  # frames or packets that may wait before and after the network

# Told the file, how many of its frames are done, and how many are expected (None: unknown).
Progress = Callable[[Path, int, int | None], None]


@dataclass(frozen=True)
class Settings:
    """How to enhance: which model, on how many threads, coded how, over what, how strongly.

    strength: 0 to 2, see `Upscaler`. voice: "denoise", "extend", both or neither; None is both for
    sound files, and neither for the sound of videos, which may be music.
    """

    model: str = "standard"
    threads: int | None = None
    encoding: Encoding = field(default_factory=Encoding)
    overwrite: bool = False
    strength: float = 1.0
    voice: tuple[str, ...] | None = None


def ignore_progress(path: Path, done: int, total: int | None) -> None:
    """Report to nobody."""


def enhance(
    path: str | Path,
    out: str | Path | None = None,
    settings: Settings | None = None,
    progress: Progress = ignore_progress,
) -> Outcome:
    """Make one recording, picture or sound file clearer: the picture twice as wide and high.

    out: where to; `NAME-clear.EXT` beside the source when None. progress: called after each frame
    of a video, and with seconds in place of frames for sound.

    Raises MediaError for what cannot be read or written, ArtifactError for a bad model. Either
    the whole output stands under its name afterwards, or nothing does.
    """
    settings = settings or Settings()
    source = Path(path)
    target = Path(out) if out is not None else default_target(source)
    if source.suffix.lower() in OTHER_PICTURES:
        raise UnsupportedMediaError(
            f"{source}: not a kind of picture Pellucid reads; convert it to PNG, JPEG or WebP"
        )
    check_not_source(target, source)
    if is_sound(source):
        return enhance_sound(source, target, settings.voice, settings.overwrite, progress)
    upscaler = Upscaler(settings.model, settings.threads, settings.strength)
    if is_picture(source):
        return _enhance_picture(source, target, settings, upscaler)
    return enhance_video(source, target, settings, upscaler, progress)


def enhance_folder(
    folder: Path, out: Path, settings: Settings, progress: Progress = ignore_progress
) -> Iterator[Outcome | Failure | Skipped]:
    """Enhance every video, picture and sound below a folder into the same places below `out`.

    What is done already is skipped unless `settings.overwrite`; a bad file does not stop the
    rest. Raises MediaError when the folder holds no media at all, or cannot be written to `out`;
    ArtifactError for a bad model.
    """
    paths = _to_enhance(folder, out)
    # A bad model is one error, not one a file.
    Upscaler(settings.model, settings.threads, settings.strength)
    for path in paths:
        if is_sound(path) and settings.voice == ():
            continue
        target = with_writable_suffix(out / path.relative_to(folder))
        if target.exists() and not settings.overwrite:
            yield Skipped(path, target)
            continue
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            yield enhance(path, target, settings, progress)
        except (PellucidError, OSError) as error:
            yield Failure(path, str(error))


def default_target(source: Path) -> Path:
    """`NAME-clear.EXT` beside a file, `NAME-clear` beside a folder."""
    if source.is_dir():
        whole = source.resolve()  # "." and ".." have no name to add to
        return whole.with_name(f"{whole.name}{MARK}")
    return with_writable_suffix(source.with_name(f"{source.stem}{MARK}{source.suffix}"))


def with_writable_suffix(target: Path) -> Path:
    """The same name, as .mkv where the suffix is a container that loses times or tags."""
    if is_picture(target) or is_sound(target) or target.suffix.lower() in MUXERS:
        return target
    return target.with_suffix(".mkv")


def _to_enhance(folder: Path, out: Path) -> list[Path]:
    """The media below `folder`, less what an earlier run put into an `out` inside it."""
    inside, outside = folder.resolve(), out.resolve()
    if inside == outside:
        raise MediaError(f"{out}: is the source itself; choose another folder for the output")
    if out.exists() and not out.is_dir():
        raise MediaError(f"{out}: is a file, expected the name of a folder to write to")
    paths = [
        path
        for path in media_files(folder)
        if not path.resolve().is_relative_to(outside) and not _is_made_by_us(path)
    ]
    if not paths:
        raise MediaError(f"{folder}: holds no video, picture or sound to enhance")
    return paths


def _is_made_by_us(path: Path) -> bool:
    """Whether `path` is the `NAME-clear` of a file beside it: enlarging it again is no use."""
    source = path.stem.removesuffix(MARK)
    return source != path.stem and any(path.parent.glob(f"{escape(source)}.*"))


def enhance_video(
    path: Path,
    target: Path,
    settings: Settings,
    stage: Stage[VideoFrame, VideoFrame],
    progress: Progress,
) -> Outcome:
    """`enhance` for a recording and any stage that makes frames twice as large."""
    with Source(path) as source:
        voices = Voices(source, settings.voice or ())
        rates = voices.rates
        with Sink(target, source, 2, settings.encoding, settings.overwrite, rates) as sink:
            frames = _pump(source, sink, stage, voices, progress)
        return Outcome(
            source=path,
            target=target,
            width=2 * source.video.width,
            height=2 * source.video.height,
            frames=frames,
            concealed=source.concealed,
            lost=source.lost,
            rescaled=sink.rescaled,
            warnings=(*source.warnings, *voices.warnings, *sink.warnings),
        )


def _pump(
    source: Source,
    sink: Sink,
    stage: Stage[VideoFrame, VideoFrame],
    voices: Voices,
    progress: Progress,
) -> int:
    """Decode, enlarge and encode at the same time, with few frames between them."""
    frames = 0

    def write(item: VideoFrame | Passed | Heard) -> None:
        if isinstance(item, Heard):
            sink.speak(item)
        else:
            sink.copy(item) if isinstance(item, Passed) else sink.write(item)

    with closing(ahead(source.items(), IN_FLIGHT)) as items, Behind(write, IN_FLIGHT) as writer:
        for item in items:
            if isinstance(item, Passed):
                for passed in voices.push(item):
                    writer.put(passed)
                continue
            for frame in stage.push(item):
                writer.put(frame)
                frames += 1
            progress(source.path, frames, source.video.frames)
        for frame in stage.flush():
            writer.put(frame)
            frames += 1
        for heard in voices.flush():
            writer.put(heard)
    return frames


def _enhance_picture(path: Path, target: Path, settings: Settings, upscaler: Upscaler) -> Outcome:
    from pellucid.media.pictures import read_picture, write_picture  # Pillow: only for pictures

    check_target(target, settings.overwrite)
    picture = read_picture(path)
    pixels = upscaler.upscale(picture.pixels)
    alpha = picture.alpha
    if alpha is not None:
        size = (pixels.shape[0], pixels.shape[1])
        alpha = chroma.enlarge(alpha, size, ("centered", "centered"))
    write_picture(target, replace(picture, pixels=pixels, alpha=alpha), settings.overwrite)
    return Outcome(path, target, pixels.shape[1], pixels.shape[0], frames=1)
