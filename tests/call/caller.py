"""A caller in a process of its own: prints its offer, reads the answer, and sends until killed."""

from __future__ import annotations

import asyncio
import json
import sys

from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription

from call.peers import Camera, Tone


async def main() -> None:
    peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    peer.addTrack(Tone())
    peer.addTrack(Camera())
    await peer.setLocalDescription(await peer.createOffer())
    offer = peer.localDescription
    print(json.dumps({"sdp": offer.sdp, "type": offer.type}), flush=True)
    answer = await asyncio.to_thread(sys.stdin.readline)
    await peer.setRemoteDescription(RTCSessionDescription(**json.loads(answer)))
    await asyncio.sleep(600)


if __name__ == "__main__":
    asyncio.run(main())
