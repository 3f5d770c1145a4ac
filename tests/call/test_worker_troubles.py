"""What a worker does when Janus, its room or a call goes wrong."""

from __future__ import annotations

import asyncio

import pytest
from aiohttp import web

from call.janus_server import ADMIN, PIN, PINNED, ROOM, Server, needs_janus, serving
from call.peers import Camera, run
from call.people import publishing, viewing
from call.working import LITE, moderate, until, working
from pellucid.call.janus import connect
from pellucid.call.room import publisher_of
from pellucid.call.tally import Tally
from pellucid.call.worker import Settings, work
from pellucid.errors import ArtifactError, CallError

pytestmark = needs_janus
CREATE = {"request": "create", "room": ROOM, "publishers": 20, "secret": ADMIN}


def test_janus_killed_and_started_again(janus: Server) -> None:
    async def script() -> None:
        async with working(janus.url) as tally:
            for number in range(2):
                await until(lambda: tally.in_room)
                assert tally.reconnects == number
                async with (
                    viewing(janus.url) as viewer,
                    publishing(janus.url, "Ada", Camera()) as ada,
                ):
                    await viewer.output_of(ada.id)
                    before = tally.counts.enlarged
                    await until(lambda before=before: tally.counts.enlarged > before)
                    await asyncio.to_thread(janus.kill)
                    await until(lambda: not tally.in_room)
                    assert tally.live == []
                await asyncio.to_thread(janus.start)
            await until(lambda: tally.reconnects == 2)

    run(script)


def test_a_room_destroyed_and_created_again(janus: Server) -> None:
    async def script() -> None:
        async with working(janus.url) as tally:
            await moderate(janus.url, request="destroy")
            await until(lambda: not tally.in_room)
            await moderate(janus.url, **CREATE)
            await until(lambda: tally.in_room)
            async with viewing(janus.url) as viewer, publishing(janus.url, "A", Camera()) as ada:
                await viewer.output_of(ada.id)

    run(script)


def test_whoever_is_sent_out_of_the_room_is_left_alone(janus: Server) -> None:
    async def script() -> None:
        async with (
            working(janus.url) as tally,
            viewing(janus.url) as viewer,
            publishing(janus.url, "Ada", Camera()) as ada,
            publishing(janus.url, "Bob", Camera()) as bob,
        ):
            output = await viewer.output_of(ada.id)
            await moderate(janus.url, request="kick", id=output.id)
            await viewer.output_of(bob.id)
            assert [relay.publisher.id for relay in tally.live] == [bob.id]
            assert tally.calls == 2

    run(script)


def test_a_worker_that_is_sent_out_comes_back(
    janus: Server, caplog: pytest.LogCaptureFixture
) -> None:
    async def script() -> None:
        async with working(janus.url) as tally, connect(janus.url) as session:
            handle = await session.attach()
            told = await handle.ask({"request": "listparticipants", "room": ROOM})
            (one,) = told.data["participants"]
            await moderate(janus.url, request="kick", id=one["id"])
            await until(lambda: tally.reconnects == 1)

    run(script)
    assert [record.reason for record in caplog.records if hasattr(record, "reason")] == [
        f"room {ROOM}: a moderator sent us out"
    ]


def test_somebody_who_cannot_be_enhanced_is_left_alone(
    janus: Server, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A room for one: Janus takes no output; then a room for more."""
    monkeypatch.setattr("pellucid.call.calls.RETRY", 0.05)
    monkeypatch.setattr("pellucid.call.calls.REST", 0.5)

    async def script() -> None:
        await moderate(janus.url, request="edit", new_publishers=1)
        async with (
            publishing(janus.url, "Ada", Camera()) as ada,
            viewing(janus.url) as viewer,
            working(janus.url) as tally,
        ):
            await until(lambda: "left alone" in caplog.messages)
            assert tally.calls == 3
            await moderate(janus.url, request="edit", new_publishers=20)
            await viewer.output_of(ada.id)

    run(script)


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"room": 99}, r"room 99: janus: No such room \(99\)"),
        ({"room": "text"}, "room text: janus: Invalid element type"),
        ({"room": PINNED, "pin": "other"}, r"room 5678: janus: Unauthorized \(wrong pin\)"),
        ({"room": PINNED}, "room 5678: janus: "),
        ({"janus": "ws://127.0.0.1:1"}, "janus: there is none at ws://127.0.0.1:1: "),
        ({"janus": "http://127.0.0.1"}, "janus: expected an address that starts with ws://"),
    ],
)
def test_what_is_wrong_at_the_start_is_said_in_one_sentence(
    janus: Server, settings: dict[str, object], sentence: str
) -> None:
    async def script() -> None:
        told = {"janus": janus.url, "room": ROOM, "means": LITE, **settings}
        with pytest.raises(CallError, match=sentence) as caught:
            await work(Settings(**told), Tally())
        assert "\n" not in str(caught.value)

    run(script)


def test_the_right_pin_opens_the_room(janus: Server) -> None:
    async def script() -> None:
        async with (
            working(janus.url, room=PINNED, pin=PIN),
            viewing(janus.url, PINNED, PIN) as viewer,
            publishing(janus.url, "Ada", Camera(), room=PINNED, pin=PIN) as ada,
        ):
            await viewer.output_of(ada.id)

    run(script)


def test_a_janus_with_a_secret(tmp_path: object) -> None:
    async def script(server: Server) -> None:
        async with working(server.url, secret="open sesame"):
            pass
        with pytest.raises(CallError, match="janus: Unauthorized request"):
            await work(Settings(server.url, ROOM, means=LITE, secret="other"), Tally())

    with serving(tmp_path, "open sesame") as server:
        run(lambda: script(server))


def test_something_else_than_janus_answers() -> None:
    """It says back what it hears."""

    async def echo(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        async for message in socket:
            await socket.send_str(message.data)
        return socket

    async def script() -> None:
        app = web.Application()
        app.add_routes([web.get("/", echo)])
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        port = runner.addresses[0][1]
        with pytest.raises(CallError, match="what answers there is not Janus"):
            await work(Settings(f"ws://127.0.0.1:{port}", ROOM, means=LITE), Tally())
        await runner.cleanup()

    run(script)


def test_a_bad_model_is_told_before_anything_is_connected() -> None:
    async def script() -> None:
        means = LITE.__class__("no-such-model")
        with pytest.raises(ArtifactError, match="no-such-model"):
            await work(Settings("ws://127.0.0.1:1", ROOM, means=means), Tally())

    run(script)


def test_streams_that_cannot_be_decoded_are_left_out() -> None:
    told = {
        "id": 7,
        "streams": [
            {"type": "video", "mid": "0", "codec": "vp9"},
            {"type": "video", "mid": "1", "codec": "vp8", "disabled": True},
            {"type": "data", "mid": "2"},
            {"type": "video", "mid": "3", "codec": "h264"},
            {"type": "video", "mid": "4", "codec": "vp8"},
            {"type": "audio", "mid": "5", "codec": "pcmu"},
        ],
    }
    known = publisher_of(told)
    assert [stream.mid for stream in known.streams] == ["3"]
    assert (known.display, known.enhances) == ("7", None)
    assert publisher_of({**told, "dummy": True}).streams == ()
