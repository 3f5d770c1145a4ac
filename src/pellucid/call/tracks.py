"""Tracks of an aiortc call, made clear: wrap what a peer sends, send or record what comes out.

    @peer.on("track")
    def on_track(track):
        if track.kind == "video":
            peer.addTrack(EnhancedVideoTrack(track))
        else:
            peer.addTrack(EnhancedAudioTrack(receiver_of(peer, track)))

Each track computes in one thread of its own, which ends with it, so that the event loop stays free.
A track ends when the one that it wraps ends: when the peer hangs up or vanishes.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from fractions import Fraction
from functools import partial
from typing import TypeVar, cast

import av
import numpy as np

from pellucid.errors import FrameError, MissingExtraError

try:
    from aiortc import RTCRtpReceiver
    from aiortc.mediastreams import MediaStreamError, MediaStreamTrack
except ImportError as error:
    raise MissingExtraError('calls need aiortc: pip install "pellucid[call]"') from error

from pellucid.call.packets import CLOCK_RATE
from pellucid.call.pictures import Enlarger, LiveUpscaler, VideoStats
from pellucid.call.playout import STEP_S
from pellucid.call.receiving import Tap, receiver_of
from pellucid.call.voice import LAYOUTS, Voice, VoiceStats
from pellucid.frames import AudioFrame
from pellucid.video.upscale import Upscaler

__all__ = ["EnhancedAudioTrack", "EnhancedVideoTrack", "receiver_of"]

BUDGET_MS = 20.0  # of a frame; at 30 a second there are 33
LARGEST = (1280, 720)  # pixels in
BEHIND = 0.1  # seconds: a listener who is later than that is not caught up with

Made = TypeVar("Made")


class EnhancedVideoTrack(MediaStreamTrack):
    """A track of pictures, twice as large. Times stay; the newest frame wins over what is late.

    track: anything that gives av.VideoFrames; it is emptied until it ends, even after `stop`, and
    stays its owner's. upscaler: for this stream alone; None is the standard model within 20 ms.
    largest: pictures of more pixels go through as they are, or with `fit` are made as small as the
    largest that comes out. enhancing: set it to False and all go through as they are. Needs a
    running event loop. Raises FrameError for a track of sound.
    """

    kind = "video"

    def __init__(
        self,
        track: MediaStreamTrack,
        upscaler: LiveUpscaler | None = None,
        largest: tuple[int, int] = LARGEST,
        fit: bool = False,
    ) -> None:
        super().__init__()
        if track.kind != "video":
            raise FrameError(f"track: expected one of video, got {track.kind}")
        self.enhancing = True
        self._enlarger: Enlarger | None = Enlarger(
            upscaler or Upscaler(budget_ms=BUDGET_MS), largest, fit
        )
        self._stats, self._replaced = self._enlarger.stats, 0
        self._worker = _Worker("pellucid-video")
        self._newest: av.VideoFrame | None = None
        self._came = asyncio.Event()
        self._pump = asyncio.ensure_future(self._follow(track))

    async def recv(self) -> av.VideoFrame:
        """The newest frame, enlarged. Raises MediaStreamError when the track has ended."""
        while self._newest is None and self._enlarger:
            self._came.clear()
            await self._came.wait()
        frame, self._newest = self._newest, None
        if not self._enlarger or frame is None:
            raise MediaStreamError
        return await self._worker.run(partial(self._enlarger.enlarge, frame, self.enhancing))

    def stop(self) -> None:
        """End the track and free what it holds."""
        super().stop()
        if self._enlarger:
            self._stats, self._enlarger, self._newest = self._enlarger.stats, None, None
            self._worker.close()
            self._came.set()

    @property
    def stats(self) -> VideoStats:
        """As of now."""
        now = self._enlarger.stats if self._enlarger else self._stats
        return replace(now, replaced=self._replaced)

    async def _follow(self, track: MediaStreamTrack) -> None:
        try:
            while True:
                self._take(cast(av.VideoFrame, await track.recv()))
        except MediaStreamError:
            pass
        finally:
            self.stop()

    def _take(self, frame: av.VideoFrame) -> None:
        if self._enlarger:
            self._replaced += self._newest is not None
            self._newest = frame
            self._came.set()


class EnhancedAudioTrack(MediaStreamTrack):
    """The voice that a receiver receives: on time, what is lost concealed, 20 ms at a time.

    receiver: one of aiortc's that receives Opus. steps: what is cleared, see `Voice`; channels: 1
    or 2. Frames are 16-bit at 48 kHz, and come every 20 ms whether packets do or not, until the
    peer is gone. enhancing: set it to False to hear what came, lost packets silent. Needs a running
    event loop. Raises FrameError, ArtifactError.
    """

    kind = "audio"

    def __init__(
        self, receiver: RTCRtpReceiver, steps: Sequence[str] = (), channels: int = 1
    ) -> None:
        super().__init__()
        self._voice = Voice(steps, channels)
        self._tap = Tap(receiver, self._voice.push, self.stop)
        self._worker = _Worker("pellucid-voice")
        self._due: float | None = None  # when the next frame is heard

    async def recv(self) -> av.AudioFrame:
        """The next 20 ms, when they are due. Raises MediaStreamError when the track has ended."""
        await asyncio.sleep(self._wait(time.monotonic()))
        if self.readyState != "live":
            raise MediaStreamError
        return to_av(await self._worker.run(lambda: self._voice.pull(time.monotonic())))

    def stop(self) -> None:
        """End the track and free what it holds."""
        if self.readyState == "live":
            super().stop()
            self._tap.close()
            self._worker.close()

    @property
    def enhancing(self) -> bool:
        """See `Voice`."""
        return self._voice.enhancing

    @enhancing.setter
    def enhancing(self, enhancing: bool) -> None:
        self._voice.enhancing = enhancing

    @property
    def stats(self) -> VoiceStats:
        """As of now."""
        return self._voice.stats

    def _wait(self, now: float) -> float:
        """Seconds until the next frame is due, which is then 20 ms after the last one."""
        if self._due is None or now - self._due > BEHIND:
            self._due = now
        wait = self._due - now
        self._due += STEP_S
        return max(wait, 0.0)


class _Worker:
    """One thread that a track computes in."""

    def __init__(self, name: str) -> None:
        self._pool = ThreadPoolExecutor(1, thread_name_prefix=name)

    async def run(self, work: Callable[[], Made]) -> Made:
        """Wait for it without blocking the event loop. Raises MediaStreamError once closed."""
        try:
            future = asyncio.get_running_loop().run_in_executor(self._pool, work)
        except RuntimeError as error:  # the pool is shut down
            raise MediaStreamError from error
        return await future

    def close(self) -> None:
        """Finish what runs, and end the thread."""
        self._pool.shutdown(wait=False)


def to_av(frame: AudioFrame) -> av.AudioFrame:
    """float32 (channels, T) as a 16-bit frame of PyAV; what is above full scale is clipped."""
    scaled = np.clip(np.rint(frame.samples * 2**15), -(2**15), 2**15 - 1).astype(np.int16)
    packed = np.ascontiguousarray(scaled.T).reshape(1, -1)
    made = av.AudioFrame.from_ndarray(packed, "s16", LAYOUTS[scaled.shape[0]])
    made.sample_rate, made.pts, made.time_base = CLOCK_RATE, frame.pts, Fraction(1, CLOCK_RATE)
    return made
