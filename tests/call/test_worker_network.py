"""A worker beside a real Janus sends no more than it is told to and waits for nothing lost."""

from __future__ import annotations

from typing import Any

from aiortc import RTCDtlsTransport
from aiortc.rtp import RtpPacket

from call.janus_server import Server, needs_janus
from call.peers import Camera, run
from call.people import publishing, viewing
from call.test_worker import wide
from call.working import moderate, until, working
from pellucid.call.relay import Relay
from pellucid.call.tally import Tally

pytestmark = needs_janus
LITTLE = 150_000  # bit/s, below what aiortc's coders can do


async def relay_of(tally: Tally) -> Relay:
    """The call of a worker, once its first picture came."""
    await until(lambda: tally.live and tally.counts.enlarged)
    (relay,) = tally.live
    assert isinstance(relay, Relay)
    return relay


def test_it_keeps_to_the_rate_of_a_room(janus: Server) -> None:
    async def script() -> None:
        await moderate(janus.url, request="edit", new_bitrate=LITTLE)
        async with (
            working(janus.url) as tally,
            viewing(janus.url) as viewer,
            publishing(janus.url, "Ada", Camera((160, 120))) as ada,
        ):
            relay = await relay_of(tally)
            tracks = await viewer.watch(await viewer.output_of(ada.id))
            await until(lambda: relay.going and relay.going.rate.allowed <= LITTLE)
            await wide(tracks["video"], 320)

    run(script)


def test_a_picture_that_never_comes_is_not_waited_for(janus: Server) -> None:
    """aiortc waits for 512 packets, which take this camera most of a minute."""

    async def script() -> None:
        async with working(janus.url) as tally, publishing(janus.url, "Ada", Camera()):
            relay = await relay_of(tally)
            transport = relay._legs[0].connection.getReceivers()[0].transport
            came, lost = lose_one_for_ever(transport)
            await until(lambda: lost)
            frames = tally.counts.frames
            await until(lambda: tally.counts.frames > frames + 5 or len(came) > 200)
            assert tally.counts.frames > frames + 5
            assert relay.coming
            assert relay.coming.given_up > 0

    run(script)


def lose_one_for_ever(transport: RTCDtlsTransport) -> tuple[list[int], list[int]]:
    """The next packet does not come, however often it is sent: numbers that came, and its own."""
    came: list[int] = []
    lost: list[int] = []
    handle = transport._handle_rtp_data

    async def lossy(data: bytes, **known: Any) -> None:
        packet = RtpPacket.parse(data)
        number = packet.sequence_number
        if packet.payload and (not lost or number in lost):
            lost.append(number)
        else:
            came.append(number)
            await handle(data, **known)

    transport._handle_rtp_data = lossy  # type: ignore[method-assign]
    return came, lost
