"""A real server and real callers: what they send comes back enhanced, and what they may not do."""

from __future__ import annotations

import asyncio
import json
from contextlib import nullcontext

import pytest
from aiohttp import ClientSession, WSMsgType, WSServerHandshakeError

from call.peers import Camera, Tone, run
from call.served import Caller, caller, calling, serving
from call.test_calls import is_loud, until
from pellucid.call.access import access_for
from pellucid.call.limits import Limits


def track_of(peer: object, kind: str) -> object:
    return next(one.track for one in peer.getReceivers() if one.track.kind == kind)


async def health(address: str) -> dict:
    async with ClientSession() as session, session.get(f"{address}/health") as answer:
        return await answer.json()


def test_picture_and_voice_come_back_enhanced_and_are_told_of() -> None:
    async def work() -> None:
        async with serving() as address, calling(address, Tone(), Camera()) as (someone, peer):
            picture = await until(track_of(peer, "video"), lambda frame: True)
            assert (picture.width, picture.height) == (320, 240)
            await until(track_of(peer, "audio"), is_loud)
            while (stats := await someone.hear("stats"))["video"]["frames"] < 10:
                pass
            assert (stats["video"]["width"], stats["video"]["height"]) == (160, 120)
            assert stats["video"]["ms"] > 0
            assert stats["video"]["kbps_in"] > 0
            assert stats["voice"]["kbps_in"] > 0
            assert stats["link"]["lost"] == 0

    run(work)


def test_settings_are_told_and_take_effect() -> None:
    async def work() -> None:
        async with serving() as address, calling(address, Camera()) as (someone, peer):
            video = track_of(peer, "video")
            await until(video, lambda frame: frame.width == 320)
            await someone.say("settings", picture="off", loss=0.25)
            while (known := await someone.hear("settings"))["picture"] != "off":
                pass
            assert (known["loss"], known["model"]) == (0.25, "standard")
            await until(video, lambda frame: frame.width == 160)
            while (await someone.hear("stats"))["link"]["lost"] < 5:
                pass

    run(work)


def test_a_link_of_everything_lost_silences_and_comes_back() -> None:
    async def work() -> None:
        async with serving() as address, calling(address, Tone()) as (someone, peer):
            sound = track_of(peer, "audio")
            await until(sound, is_loud)
            await someone.say("settings", loss=1, voice="plain")
            await until(sound, lambda frame: not is_loud(frame))
            await someone.say("settings", loss=0)
            await until(sound, is_loud)
            while (stats := await someone.hear("stats"))["voice"]["lost"] == 0:
                pass  # what was told while all was lost does not know yet how much it was
            assert stats["voice"]["concealed"] > 0

    run(work)


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("no json", "malformed_message"),
        ("[" * 60_000, "malformed_message"),
        (json.dumps([1]), "malformed_message"),
        (json.dumps({"type": "dance"}), "malformed_message"),
        (json.dumps({"type": "settings", "loss": 2}), "bad_setting"),
        (json.dumps({"type": "settings", "loss": "much"}), "bad_setting"),
        ('{"type": "settings", "delay_ms": NaN}', "bad_setting"),
        (json.dumps({"type": "settings", "model": "huge"}), "bad_setting"),
        (json.dumps({"type": "settings", "__class__": 1}), "bad_setting"),
        (b"\x00\x01", "malformed_message"),
    ],
)
def test_a_mistake_is_named_and_the_call_goes_on(said: str | bytes, reason: str) -> None:
    async def work() -> None:
        async with serving() as address, caller(address) as someone:
            await send(someone, said)
            assert (await someone.hear("error"))["reason"] == reason
            await someone.say("settings", loss=0.1)
            while (await someone.hear("settings"))["loss"] != 0.1:
                pass

    run(work)


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (json.dumps({"type": "offer"}), "malformed_sdp"),
        (json.dumps({"type": "offer", "sdp": "v=0\r\nrubbish"}), "malformed_sdp"),
        (json.dumps({"type": "offer", "sdp": "v=0" + "\nm=audio" * 50}), "malformed_sdp"),
        (json.dumps({"type": "offer", "sdp": "v=0" + " " * 40_000}), "malformed_sdp"),
        (json.dumps({"type": "settings", "x": "y" * 70_000}), "message_too_large"),
    ],
)
def test_what_cannot_be_a_call_ends_it(said: str, reason: str) -> None:
    async def work() -> None:
        async with serving() as address, caller(address) as someone:
            await send(someone, said)
            error = await someone.hear("error")
            assert (error["reason"], error["message"][-1]) == (reason, ".")
            await closed(someone)
            await nobody_left(address)

    run(work)


def test_a_flood_of_messages_ends_the_call() -> None:
    async def work() -> None:
        async with serving(Limits(messages_per_s=5)) as address, caller(address) as someone:
            for _ in range(40):
                await someone.say("settings")
            assert (await someone.hear("error"))["reason"] == "too_many_messages"
            await closed(someone)

    run(work)


def test_there_are_only_so_many_calls_at_once() -> None:
    async def work() -> None:
        async with serving(Limits(peers=1)) as address, caller(address) as first:
            await first.hear("settings")
            async with caller(address) as second:
                assert (await second.hear("error"))["reason"] == "too_many_peers"
                await closed(second)
            await first.say("bye")
            await closed(first)
            await nobody_left(address)
            async with caller(address) as third:
                await third.hear("settings")

    run(work)


def test_an_offer_that_leads_nowhere_is_given_up() -> None:
    async def work() -> None:
        async with serving(Limits(connect_s=0.5)) as address, caller(address) as someone:
            peer = await someone.connect(Tone())
            await peer.close()
            assert (await someone.hear("error"))["reason"] == "no_connection"
            await nobody_left(address)

    run(work)


def test_whoever_vanishes_frees_everything() -> None:
    async def work() -> None:
        async with serving() as address:
            before = await health(address)
            for _ in range(3):
                async with calling(address, Tone(), Camera()) as (someone, peer):
                    await until(track_of(peer, "video"), lambda frame: True)
                    someone.socket._response.connection.transport.abort()  # no goodbye
            await nobody_left(address)
            while (await health(address))["tasks"] > before["tasks"]:
                await asyncio.sleep(0.05)

    run(work)


@pytest.mark.parametrize(
    ("token", "query", "headers", "status"),
    [
        (None, "", {}, None),
        (None, "", {"Host": "evil.example:80"}, 403),
        (None, "", {"Host": "127.0.0.1.evil.example"}, 403),
        (None, "", {"Origin": "https://evil.example"}, 403),
        (None, "", {"Origin": "null"}, 403),
        ("secret", "", {}, 403),
        ("secret", "?token=wrong", {}, 403),
        ("secret", "?token=secret", {}, None),
        ("secret", "?token=secret", {"Host": "pellucid.example"}, None),
        ("secret", "?token=secret", {"Origin": "https://evil.example"}, 403),
    ],
)
def test_who_may_call(
    token: str | None, query: str, headers: dict[str, str], status: int | None
) -> None:
    async def work() -> None:
        async with serving(token=token) as address:
            refused = pytest.raises(WSServerHandshakeError) if status else nullcontext()
            with refused as why:
                async with caller(address, query, **headers) as someone:
                    await someone.hear("settings")
            assert status is None or why.value.status == status

    run(work)


@pytest.mark.parametrize("token", [None, ""])
@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "", "localhost.evil.example"])
def test_no_address_that_others_reach_goes_without_a_token(host: str, token: str | None) -> None:
    made = access_for(host, token).token
    assert made is not None
    assert len(made) >= 20
    assert access_for(host, token).token != made


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1"])
def test_this_machine_needs_none_and_may_have_one(host: str) -> None:
    assert access_for(host).token is access_for(host, "").token is None
    assert access_for(host, "secret").token == "secret"


def test_nothing_is_given_to_other_origins() -> None:
    async def work() -> None:
        async with serving(token="secret") as address, ClientSession() as session:
            async with session.get(f"{address}/upscaler/pellucid.js") as answer:
                assert answer.status == 200
                assert "Access-Control-Allow-Origin" not in answer.headers
                assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
            for path in ("/", "/health", "/health?token=no"):
                async with session.get(address + path) as answer:
                    assert answer.status == 403
            async with session.get(f"{address}/../server.py") as answer:
                assert answer.status == 404

    run(work)


async def send(someone: Caller, said: str | bytes) -> None:
    if isinstance(said, bytes):
        await someone.socket.send_bytes(said)
    else:
        await someone.socket.send_str(said)


async def closed(someone: Caller) -> None:
    while (await someone.socket.receive()).type not in (WSMsgType.CLOSED, WSMsgType.CLOSING):
        pass


async def nobody_left(address: str) -> None:
    while (await health(address))["calls"]:
        await asyncio.sleep(0.05)
