"""A worker in a room of a real Janus: whom it enhances, what a viewer gets, what is left of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack

import numpy as np
import pytest
from aiortc.mediastreams import MediaStreamTrack

from call.janus_server import Server, needs_janus
from call.peers import Camera, Tone, _threads, run
from call.people import publishing, viewing
from call.working import until, working

pytestmark = needs_janus


async def wide(track: MediaStreamTrack, width: int) -> None:
    """Returns when a picture is that wide."""
    while (await track.recv()).width != width:
        pass


async def loud(track: MediaStreamTrack) -> None:
    while np.abs((await track.recv()).to_ndarray()).max() < 3000:
        pass


def test_a_viewer_gets_the_picture_twice_as_large_and_the_sound(janus: Server) -> None:
    async def script() -> None:
        async with (
            working(janus.url) as tally,
            viewing(janus.url) as viewer,
            publishing(janus.url, "Ada", Tone(), Camera((160, 120))) as ada,
        ):
            output = await viewer.output_of(ada.id)
            assert output.display == "Pellucid: Ada"
            tracks = await viewer.watch(output)
            await asyncio.gather(wide(tracks["video"], 320), loud(tracks["audio"]))
            counts = tally.counts
            assert (counts.frames, counts.enlarged) >= (1, 1)
            assert counts.reasons["ok"] + counts.reasons["over_budget"] == counts.frames
            assert counts.heard > 0

    run(script)


@pytest.mark.parametrize("source", [Tone, Camera])
def test_people_with_one_kind_of_stream(
    janus: Server, source: Callable[[], MediaStreamTrack]
) -> None:
    async def script() -> None:
        async with (
            working(janus.url),
            viewing(janus.url) as viewer,
            publishing(janus.url, "Ada", source()) as ada,
        ):
            output = await viewer.output_of(ada.id)
            ((kind, track),) = (await viewer.watch(output)).items()
            await (loud(track) if kind == "audio" else wide(track, 320))

    run(script)


def test_somebody_who_leaves_frees_everything(janus: Server) -> None:
    async def script() -> None:
        async with working(janus.url) as tally, viewing(janus.url) as viewer:
            before = len(asyncio.all_tasks())
            async with publishing(janus.url, "Ada", Tone(), Camera()) as ada:
                output = await viewer.output_of(ada.id)
                await until(lambda: tally.counts.enlarged)
            await viewer.gone(output.id)
            await until(lambda: len(asyncio.all_tasks()) <= before and not _threads())
            assert tally.live == []
            assert tally.counts.enlarged > 0

    run(script)


def test_one_at_a_time_and_the_next_when_they_leave(janus: Server) -> None:
    async def script() -> None:
        async with (
            working(janus.url) as tally,
            viewing(janus.url) as viewer,
            publishing(janus.url, "Bob", Camera()) as bob,
            publishing(janus.url, "Ada", Camera()) as ada,
        ):
            output = await viewer.output_of(bob.id)
            await viewer.sees(lambda one: one.id == ada.id)
            assert viewer.outputs == [output]
            await bob.handle.detach()
            await viewer.output_of(ada.id)
            await viewer.gone(output.id)
            assert len(viewer.outputs) == 1
            assert tally.calls == 2

    run(script)


def test_two_at_once(janus: Server) -> None:
    async def script() -> None:
        async with (
            publishing(janus.url, "Bob", Camera()) as bob,
            publishing(janus.url, "Ada", Camera()) as ada,
            viewing(janus.url) as viewer,
            working(janus.url, at_once=2),
        ):
            await viewer.output_of(ada.id)
            await viewer.output_of(bob.id)

    run(script)


def test_only_whom_it_was_told_to_enhance(janus: Server) -> None:
    async def script() -> None:
        async with (
            publishing(janus.url, "Bob", Camera()),
            publishing(janus.url, "Ada", Camera()) as ada,
            viewing(janus.url) as viewer,
            working(janus.url, feeds=(str(ada.id),), at_once=2) as tally,
        ):
            output = await viewer.output_of(ada.id)
            await until(lambda: tally.counts.enlarged > 5)
            assert viewer.outputs == [output]
            assert tally.calls == 1

    run(script)


def test_workers_share_a_room_and_never_enhance_what_a_worker_made(janus: Server) -> None:
    """Each would take more than there are people, and both begin at once."""

    async def script() -> None:
        async with (
            viewing(janus.url) as viewer,
            publishing(janus.url, "Ada", Camera()) as ada,
            publishing(janus.url, "Bob", Camera()) as bob,
            working(janus.url, at_once=9) as one,
            working(janus.url, at_once=9) as other,
        ):
            people = sorted([str(ada.id), str(bob.id)])

            def enhanced() -> list[str]:
                relays = [*one.live, *other.live]
                return sorted(str(relay.publisher.id) for relay in relays if relay.connected)

            await until(lambda: enhanced() == people and len(one.live + other.live) == 2)
            enough = one.counts.enlarged + other.counts.enlarged + 20
            await until(lambda: one.counts.enlarged + other.counts.enlarged > enough)
            assert enhanced() == people
            await viewer.until(
                lambda all_: sorted(made.enhances for made in all_ if made.enhances) == people
            )

    run(script)


def test_where_a_worker_ends_another_takes_over(janus: Server) -> None:
    async def script() -> None:
        async with (
            AsyncExitStack() as stack,
            viewing(janus.url) as viewer,
            publishing(janus.url, "Ada", Camera()) as ada,
        ):
            first = await stack.enter_async_context(working(janus.url))
            output = await viewer.output_of(ada.id)
            async with working(janus.url) as second:
                frames = first.counts.frames
                await until(lambda: first.counts.frames > frames + 5)
                assert second.calls == 0
                await stack.aclose()
                await viewer.gone(output.id)
                await viewer.output_of(ada.id)

    run(script)


def test_a_stream_more_begins_the_call_anew(janus: Server) -> None:
    async def script() -> None:
        async with (
            working(janus.url),
            viewing(janus.url) as viewer,
            publishing(janus.url, "Ada", Tone()) as ada,
        ):
            first = await viewer.output_of(ada.id)
            assert [stream.kind for stream in first.streams] == ["audio"]
            ada.leg.connection.addTrack(Camera())
            await ada.renegotiate()
            second = await viewer.sees(lambda one: bool(one.enhances) and len(one.streams) == 2)
            tracks = await viewer.watch(second)
            await asyncio.gather(wide(tracks["video"], 320), loud(tracks["audio"]))

    run(script)


def test_somebody_who_stops_publishing_is_let_go(janus: Server) -> None:
    async def script() -> None:
        async with (
            working(janus.url) as tally,
            viewing(janus.url) as viewer,
            publishing(janus.url, "Ada", Camera()) as ada,
        ):
            output = await viewer.output_of(ada.id)
            await ada.handle.ask({"request": "unpublish"})
            await viewer.gone(output.id)
            await until(lambda: not tally.live)

    run(script)
