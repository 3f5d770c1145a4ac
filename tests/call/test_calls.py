"""Two peers in one process: what one sends, the other gets enhanced, until one of them is gone."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress

import av
import numpy as np
import pytest
from aiortc import RTCConfiguration, RTCPeerConnection
from aiortc.mediastreams import MediaStreamError, MediaStreamTrack

from call.peers import Camera, Tone, calling, calling_process, lose_sound, run
from pellucid.call.pictures import IDLE, TOO_LARGE
from pellucid.call.streams import Streams
from pellucid.call.tracks import EnhancedAudioTrack, EnhancedVideoTrack, receiver_of
from pellucid.errors import FrameError
from pellucid.video.upscale import Upscaler


def enhanced(peer: RTCPeerConnection, track: MediaStreamTrack) -> MediaStreamTrack:
    if track.kind == "audio":
        return EnhancedAudioTrack(receiver_of(peer, track))
    return EnhancedVideoTrack(track, Upscaler("lite", threads=1))


async def until(
    track: MediaStreamTrack, good: Callable[[av.VideoFrame | av.AudioFrame], bool]
) -> av.VideoFrame | av.AudioFrame:
    """The first frame that is as it should be."""
    while True:
        frame = await track.recv()
        if good(frame):
            return frame


def is_loud(frame: av.AudioFrame) -> bool:
    return float(np.abs(frame.to_ndarray()).max()) > 3000


def test_sound_and_pictures_arrive_enhanced() -> None:
    async def work() -> None:
        async with calling(enhanced, Tone(), Camera()) as call:
            video, audio = call.wrapped["video"], call.wrapped["audio"]
            picture = await until(video, lambda frame: True)
            later = await until(video, lambda frame: frame.pts > picture.pts)
            assert (later.width, later.height) == (320, 240)
            sound = await until(audio, is_loud)
            assert (sound.sample_rate, sound.samples) == (48_000, 960)
            following = await audio.recv()
            assert following.pts == sound.pts + 960
            assert video.stats.reasons["ok"] == video.stats.frames
            assert audio.stats.playout.played > 0

    run(work)


@pytest.mark.parametrize(("source", "kind"), [(Tone, "audio"), (Camera, "video")])
def test_a_call_of_one_kind(source: Callable[[], MediaStreamTrack], kind: str) -> None:
    async def work() -> None:
        async with calling(enhanced, source()) as call:
            assert list(call.wrapped) == [kind]
            await until(call.wrapped[kind], lambda frame: kind == "video" or is_loud(frame))

    run(work)


def test_lost_packets_are_concealed_and_nothing_stops() -> None:
    async def work() -> None:
        async with calling(enhanced, Tone()) as call:
            (sender,) = call.caller.getSenders()
            lost = lose_sound(sender, 0.1, seed=1)
            audio = call.wrapped["audio"]
            await until(audio, is_loud)
            while len(lost) < 12:
                await audio.recv()
            stats = audio.stats
            assert stats.undecodable == stats.ignored == 0
            # Lost before the first packet came, or while it waits to be played: not yet told.
            assert len(lost) - 6 <= stats.playout.lost <= len(lost)
            assert stats.playout.concealed > 0

    run(work)


def test_the_size_may_change_and_what_is_too_large_goes_through() -> None:
    async def work() -> None:
        camera = Camera((160, 120))
        async with calling(enhanced, camera) as call:
            video = call.wrapped["video"]
            await until(video, lambda frame: frame.width == 320)
            camera.size = (320, 180)
            await until(video, lambda frame: (frame.width, frame.height) == (640, 360))
            assert TOO_LARGE not in video.stats.reasons

    run(work)


def test_4k_goes_through_as_it_is() -> None:
    """Between a camera and us, without a coder that would take seconds for each frame."""

    async def work() -> None:
        camera = Camera((3840, 2160))
        video = EnhancedVideoTrack(camera)
        frame = await video.recv()
        assert (frame.width, video.stats.reason) == (3840, TOO_LARGE)
        camera.stop()
        await ended(video)

    run(work)


async def ended(track: MediaStreamTrack) -> None:
    """Take frames until there are no more."""
    with suppress(MediaStreamError):
        while True:
            await track.recv()


def test_the_newest_frame_wins() -> None:
    async def work() -> None:
        async with calling(enhanced, Camera()) as call:
            video = call.wrapped["video"]
            first = await video.recv()
            while video.stats.replaced < 3:
                await asyncio.sleep(0.02)
            next_one = await video.recv()
            assert next_one.pts >= first.pts + 4 * 9000

    run(work)


def test_only_the_chosen_stream_is_enhanced() -> None:
    async def work() -> None:
        async with (
            calling(enhanced, Camera()) as one,
            calling(enhanced, Camera()) as other,
        ):
            videos, streams = [call.wrapped["video"] for call in (one, other)], Streams()
            for video in videos:
                streams.add(video)
            streams.choose(videos[1])
            assert (await until(videos[0], lambda frame: True)).width == 160
            assert videos[0].stats.reason == IDLE
            assert (await until(videos[1], lambda frame: True)).width == 320

    run(work)


@pytest.mark.parametrize("gone", ["caller", "listener"])
def test_a_peer_who_hangs_up_frees_everything(gone: str) -> None:
    async def work() -> None:
        async with calling(enhanced, Tone(), Camera()) as call:
            await until(call.wrapped["video"], lambda frame: True)
            waiting = [asyncio.ensure_future(ended(track)) for track in call.wrapped.values()]
            await getattr(call, gone).close()
            await asyncio.gather(*waiting)
            assert {track.readyState for track in call.wrapped.values()} == {"ended"}
            assert call.wrapped["video"].stats.frames > 0

    run(work)


def test_a_peer_who_vanishes_frees_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that is killed says no goodbye; here aioice asks sooner whether it still lives."""
    monkeypatch.setattr("aioice.ice.CONSENT_INTERVAL", 0.2)

    async def work() -> None:
        listener, wrapped = RTCPeerConnection(RTCConfiguration(iceServers=[])), []
        listener.on("track", lambda track: wrapped.append(enhanced(listener, track)))
        async with calling_process(listener) as process:
            await asyncio.gather(*(track.recv() for track in wrapped))
            assert len(wrapped) == 2
            process.kill()
            await asyncio.gather(*map(ended, wrapped))
        await listener.close()

    run(work)


def test_a_track_that_is_stopped_leaves_the_call_alone() -> None:
    async def work() -> None:
        async with calling(enhanced, Tone()) as call:
            audio = call.wrapped["audio"]
            await until(audio, is_loud)
            audio.stop()
            audio.stop()
            await ended(audio)
            (receiver,) = call.listener.getReceivers()
            assert "_handle_rtp_packet" not in vars(receiver)
            assert receiver.track.readyState == "live"

    run(work)


def test_wrong_tracks_and_receivers_are_refused() -> None:
    async def work() -> None:
        with pytest.raises(FrameError, match="track: expected one of video, got audio"):
            EnhancedVideoTrack(Tone())
        async with calling(lambda peer, track: track, Camera()) as call:
            (receiver,) = call.listener.getReceivers()
            with pytest.raises(FrameError, match="receives audio, got video"):
                EnhancedAudioTrack(receiver)
            with pytest.raises(FrameError, match="track: expected one that this peer receives"):
                receiver_of(call.listener, Tone())

    run(work)


def test_without_aiortc_the_message_says_what_to_install() -> None:
    code = "import sys; sys.modules['aiortc'] = None; import pellucid.call.tracks"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert done.returncode == 1
    assert b'MissingExtraError: calls need aiortc: pip install "pellucid[call]"' in done.stderr
