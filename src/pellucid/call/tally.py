"""What a worker did since it was started, over all calls: those that go on and those that ended."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Protocol

from pellucid.call.pictures import VideoStats
from pellucid.call.voice import VoiceStats


class Counted(Protocol):
    """A call that can be counted, such as a `Relay`."""

    @property
    def stats(self) -> tuple[VideoStats | None, VoiceStats | None]:
        """Of pictures and of sound, as of now."""
        ...


@dataclass
class Counts:
    """Sums over calls. frames, enlarged, late, replaced, reasons: see `VideoStats`. seconds: spent
    on enlarging. reused: the shares of frames that were not computed again, added up, so in frames.
    heard: pieces of 20 ms while somebody spoke; concealed: of these; lost: packets.
    """

    frames: int = 0
    enlarged: int = 0
    late: int = 0
    replaced: int = 0
    seconds: float = 0.0
    reused: float = 0.0
    heard: int = 0
    concealed: int = 0
    lost: int = 0
    reasons: Counter[str] = field(default_factory=Counter)

    def add(self, call: Counted) -> None:
        """Add what became of a call so far."""
        video, voice = call.stats
        if video:
            self._see(video)
        if voice:
            self._hear(voice)

    @property
    def reused_share(self) -> float:
        """Of the pictures that were enlarged; 0 to 1."""
        return self.reused / self.enlarged if self.enlarged else 0.0

    @property
    def concealed_share(self) -> float:
        """Of what was heard; 0 to 1."""
        return self.concealed / self.heard if self.heard else 0.0

    def _see(self, stats: VideoStats) -> None:
        self.frames += stats.frames
        self.enlarged += stats.enlarged
        self.late += stats.late
        self.replaced += stats.replaced
        self.seconds += stats.seconds
        self.reused += stats.reused * stats.enlarged
        self.reasons.update(stats.reasons)

    def _hear(self, stats: VoiceStats) -> None:
        playout = stats.playout
        self.heard += playout.concealed + playout.played - playout.joined
        self.concealed += playout.concealed
        self.lost += playout.lost


class Tally:
    """Counts for one worker. calls: begun; live: those that go on; in_room: whether there is a
    room just now; reconnects: how often it came back to it.
    """

    def __init__(self) -> None:
        self.calls = self.reconnects = 0
        self.in_room = False
        self.live: list[Counted] = []
        self._ended = Counts()

    def begin(self, call: Counted) -> None:
        """A call begins."""
        self.calls += 1
        self.live.append(call)

    def end(self, call: Counted) -> dict[str, Any]:
        """A call ended; what is worth a line in a log of what became of it."""
        self.live.remove(call)
        self._ended.add(call)
        alone = Counts()
        alone.add(call)
        return {**vars(alone), "reasons": dict(alone.reasons)}

    @property
    def counts(self) -> Counts:
        """As of now; they never sink."""
        total = Counts()
        for name, value in vars(self._ended).items():
            setattr(total, name, value.copy() if isinstance(value, Counter) else value)
        for call in self.live:
            total.add(call)
        return total
