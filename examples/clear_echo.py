"""Hear and see yourself, clearer: python examples/clear_echo.py samples/call.mp4"""

import asyncio
import sys

from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.contrib.media import MediaBlackhole, MediaPlayer

from pellucid.call.tracks import EnhancedAudioTrack, EnhancedVideoTrack, receiver_of


# All that a server needs, besides a way of its own to carry offers and answers.
async def answer(peer: RTCPeerConnection, offer: RTCSessionDescription) -> RTCSessionDescription:
    def on_track(track):
        video = track.kind == "video"
        made = EnhancedVideoTrack(track) if video else EnhancedAudioTrack(receiver_of(peer, track))
        peer.addTrack(made)

    peer.on("track", on_track)
    await peer.setRemoteDescription(offer)
    await peer.setLocalDescription(await peer.createAnswer())
    return peer.localDescription


async def main(source: str) -> None:
    caller, echo = (RTCPeerConnection(RTCConfiguration(iceServers=[])) for _ in range(2))
    player, screen, ended = MediaPlayer(source), MediaBlackhole(), asyncio.Event()
    for track in filter(None, (player.audio, player.video)):
        caller.addTrack(track)
        track.on("ended", ended.set)
    caller.on("track", screen.addTrack)
    await caller.setLocalDescription(await caller.createOffer())
    await caller.setRemoteDescription(await answer(echo, caller.localDescription))
    await asyncio.gather(screen.start(), ended.wait())
    print(*(sender.track.stats for sender in echo.getSenders()), sep="\n")
    await asyncio.gather(caller.close(), echo.close())


asyncio.run(main(*sys.argv[1:]))
