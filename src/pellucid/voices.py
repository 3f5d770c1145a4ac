"""The voices of a file: its streams of sound through the stages that were asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from pellucid.audio.clear import OUT_RATE, STEPS, Clearer
from pellucid.errors import MediaError
from pellucid.frames import AudioFrame
from pellucid.media import (
    Heard,
    Passed,
    SoundDecoder,
    SoundSource,
    Source,
    check_sound,
    sound_warnings,
    write_sound_file,
)
from pellucid.outcome import Outcome
from pellucid.stream import run


class Voices:
    """The streams of sound of a video: packets in; sound out, or the packets where none is asked.

    `rates`: the streams that come out as sound, and at how many Hz.
    """

    def __init__(self, source: Source, wanted: Sequence[str]) -> None:
        streams = source.container.streams.audio if wanted else ()
        for stream in streams:
            check_sound(source.path, stream)
        self._path = source.path
        self._decoders = {stream.index: SoundDecoder(stream) for stream in streams}
        self._stages = {index: Clearer(wanted) for index in self._decoders}
        self.rates = dict.fromkeys(self._decoders, OUT_RATE)

    @property
    def warnings(self) -> list[str]:
        """Sentences on sound that was damaged."""
        decoders = self._decoders.values()
        return [said for each in decoders for said in sound_warnings(self._path, each)]

    def push(self, passed: Passed) -> Iterator[Passed | Heard]:
        """Take a packet of any stream but the picture's."""
        index = passed.packet.stream_index
        if index not in self._decoders:
            yield passed
            return
        yield from self._heard(index, self._decoders[index].push(passed.packet))

    def flush(self) -> Iterator[Heard]:
        """What is left of all streams."""
        for index, decoder in self._decoders.items():
            yield from self._heard(index, decoder.push(None))
            yield from (Heard(index, made) for made in self._stages[index].flush())

    def _heard(self, index: int, frames: Iterable[AudioFrame]) -> Iterator[Heard]:
        for frame in frames:
            for made in self._stages[index].push(frame):
                yield Heard(index, made)


def enhance_sound(
    path: Path,
    target: Path,
    wanted: Sequence[str] | None,
    overwrite: bool,
    progress: Callable[[Path, int, int | None], None],
) -> Outcome:
    """`pipeline.enhance` for a sound file; None is all there is. Raises MediaError for nothing."""
    if wanted == ():
        raise MediaError(f"{path}: a sound file, and nothing to do with the voice off")
    with SoundSource(path) as source:
        frames = _told(source, progress)
        cleared = run(Clearer(STEPS if wanted is None else wanted), frames)
        write_sound_file(target, source, cleared, OUT_RATE, overwrite)
        return Outcome(path, target, 0, 0, frames=0, warnings=tuple(source.warnings))


def _told(
    source: SoundSource, progress: Callable[[Path, int, int | None], None]
) -> Iterator[AudioFrame]:
    """The frames of a file, and how many of its seconds they have come to."""
    for frame in source.frames():
        progress(source.path, frame.end_pts // frame.sample_rate, round(source.seconds) or None)
        yield frame
