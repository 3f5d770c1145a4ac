"""Reading a file: its video as frames, everything else as packets to be passed on untouched."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import av
from av.container import InputContainer

from pellucid.frames import VideoFrame
from pellucid.media.decode import Decoder
from pellucid.media.opening import open_input, probe, video_stream
from pellucid.media.timeline import Rules, Shown
from pellucid.media.video import Video

# How many frames a stage may hold back and still ask for their durations.
REMEMBERED_DURATIONS = 4096

# An end that comes earlier than stated by this much, or by this share, is worth a warning.
EARLY_END_S, EARLY_END_SHARE = 0.5, 0.2

# Give up on a file that reports this many damaged places without a packet between them.
DEAD_ENDS = 16


@dataclass(frozen=True, slots=True)
class Passed:
    """A packet of a stream that is not the video: sound, subtitles, data, another picture."""

    packet: av.Packet[Any]


class Source:
    """A file opened for reading; a context manager.

    Everything that must be refused is refused here, before any work: `video` holds the facts.
    While `items` runs, `concealed` counts pictures that were damaged or had to be repeated,
    `lost` those at the start with nothing to repeat, and `warnings` collects sentences.

    Raises MediaError for a file that is missing, damaged or without video, and
    UnsupportedMediaError for one that would not come out right.
    """

    def __init__(self, path: str | Path) -> None:
        """Open and check the file."""
        self.path = Path(path)
        self.warnings: list[str] = []
        self._video = probe(self.path)
        self.container = open_input(self.path)
        self.stream = video_stream(self.path, self.container)
        self._rules = _rules(self.container)
        self._decoder = Decoder(self.path, self.stream, self._rules)
        self._durations: OrderedDict[int, int] = OrderedDict()
        self._end_s = 0.0

    def __enter__(self) -> Self:
        """Return the open source."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the file."""
        self.container.close()

    @property
    def video(self) -> Video:
        """The facts about the video stream."""
        return self._video

    @property
    def concealed(self) -> int:
        """Pictures so far that were shown damaged or replaced by the one before."""
        return self._decoder.damaged + self._decoder.timeline.repeated

    @property
    def lost(self) -> int:
        """Damaged pictures so far that came before any good one."""
        return self._decoder.timeline.lost

    def items(self) -> Iterator[VideoFrame | Passed]:
        """Yield frames and passed packets in file order; frames in rising order of pts.

        Goes on past damaged packets. Raises UnsupportedMediaError if the video changes in the
        middle into something that is refused.
        """
        for packet in self._packets():
            if packet.stream_index == self.stream.index:
                yield from self._frames(self._decoder.push(packet))
            else:
                yield Passed(packet)
        yield from self._frames(self._decoder.flush())
        self._warn_at_end()

    def duration_of(self, pts: int) -> int:
        """Return how long the frame of that pts lasts, in time_base units; 0 if unknown.

        Known once the frame has been yielded, and for some thousand frames after that.
        """
        return self._durations.get(pts, 0)

    def _packets(self) -> Iterator[av.Packet[Any]]:
        """Demux, and demux again behind a damaged place, up to DEAD_ENDS times in a row."""
        dead_ends = 0
        while dead_ends < DEAD_ENDS:
            try:
                for packet in self.container.demux():
                    if packet.size or packet.dts is not None:  # not a mere "flush" mark
                        if dead_ends:
                            self._warn(f"{self.path}: a part is damaged and was skipped")
                        dead_ends = 0
                        self._note_end(packet)
                        yield packet
            except av.FFmpegError:
                dead_ends += 1
                continue
            # MP4's demuxer says "end" also for a sample that its index puts outside of the file.
            if not self._rules.gapless:
                return
            dead_ends += 1

    def _frames(self, shown: Iterator[Shown[VideoFrame]]) -> Iterator[VideoFrame]:
        for each in shown:
            self._durations[each.pts] = each.duration
            if len(self._durations) > REMEMBERED_DURATIONS:
                self._durations.popitem(last=False)
            yield replace(each.picture, pts=each.pts)

    def _note_end(self, packet: av.Packet[Any]) -> None:
        if packet.pts is not None:
            end = (packet.pts + (packet.duration or 0)) * packet.time_base
            self._end_s = max(self._end_s, float(end))

    def _warn_at_end(self) -> None:
        moved = self._decoder.timeline.moved
        if moved:
            self._warn(f"{self.path}: {moved} frames had times that did not rise and were moved")
        missing = self._stated_end_s() - self._end_s
        if missing > min(EARLY_END_S, self._stated_end_s() * EARLY_END_SHARE):
            self._warn(f"{self.path}: ends {missing:.1f} s early; it may have been cut off")

    def _stated_end_s(self) -> float:
        """When the header says that the file ends; 0 where headers do not say."""
        name = self.container.format.name
        duration = (self.container.duration or 0) / av.time_base
        if name.startswith("matroska"):
            return duration  # counted from time 0, whenever the first packet comes
        start = (self.container.start_time or 0) / av.time_base
        return start + duration if name.startswith("mov") else 0.0

    def _warn(self, sentence: str) -> None:
        if sentence not in self.warnings:
            self.warnings.append(sentence)


def _rules(container: InputContainer) -> Rules:
    name = container.format.name
    return Rules(gapless=name.startswith("mov"), times_are_counts=name == "avi")
