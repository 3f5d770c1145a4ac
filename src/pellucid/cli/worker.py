"""`pellucid worker`: enhances the people of a Janus videoroom, until it is told to stop."""

from __future__ import annotations

import asyncio
import logging
import signal
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pellucid.cli.enhance import steps_of

if TYPE_CHECKING:  # aiortc and aiohttp are imported when a worker starts
    from pellucid.call.worker import Settings

FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
SIGNALS = (signal.SIGINT, signal.SIGTERM)

log = logging.getLogger(__name__)


@click.command()
@click.option("--janus", required=True, metavar="URL",
              help="Janus' WebSocket, such as ws://127.0.0.1:8188.")  # fmt: skip
@click.option("--room", required=True, help="Number of the videoroom.")
@click.option("--feed", "feeds", multiple=True, metavar="ID",
              help="Enhance this publisher; repeatable. Unset: whoever comes first.")  # fmt: skip
@click.option("--at-once", type=click.IntRange(1), metavar="K",
              help="How many to enhance at once; unset: 1, or all that --feed names.")  # fmt: skip
@click.option("--model", default="standard", show_default=True, help="Model name or file.")
@click.option("--voice", metavar="STEPS", default="off", show_default=True,
              help="denoise, extend, denoise,extend or off; lost packets are concealed "
              "in any case.")  # fmt: skip
@click.option("--largest", metavar="WxH", default="1280x720", show_default=True,
              help="Pictures of more pixels go through as they are.")  # fmt: skip
@click.option("--name", default="Pellucid", show_default=True,
              help="What the names of its outputs begin with.")  # fmt: skip
@click.option("--pin", envvar="PELLUCID_PIN", show_envvar=True, help="The room's pin.")
@click.option("--pin-file", type=FILE, help="A file that holds the room's pin.")
@click.option("--secret", envvar="PELLUCID_SECRET", show_envvar=True, help="Janus' api_secret.")
@click.option("--secret-file", type=FILE, help="A file that holds Janus' api_secret.")
@click.option("--health", metavar="HOST:PORT", default="127.0.0.1:9464", show_default=True,
              help="Where /health and /metrics are served; port 0 is any free one.")  # fmt: skip
def worker(
    janus: str,
    room: str,
    feeds: tuple[str, ...],
    at_once: int | None,
    model: str,
    voice: str,
    largest: str,
    name: str,
    pin: str | None,
    pin_file: Path | None,
    secret: str | None,
    secret_file: Path | None,
    health: str,
) -> None:
    """Enhance people in a Janus videoroom and publish them again, as "Pellucid: NAME".

    It works until SIGTERM or Ctrl-C, and comes back to the room when Janus does. One process is for
    one core; start as many as there are cores: in one room they share the people. Logs are JSON, a
    line each, on standard error.
    """
    from pellucid.call.logs import to_stderr
    from pellucid.call.memory import share_heaps
    from pellucid.call.relay import Means
    from pellucid.call.worker import Settings

    means = Means(model, steps_of(voice) or (), _size(largest), name)
    settings = Settings(
        janus, int(room) if room.isdecimal() else room, feeds, at_once or max(len(feeds), 1), means,
        _secret("--secret", secret, secret_file), _secret("--pin", pin, pin_file),
    )  # fmt: skip
    host, port = _address(health)
    to_stderr()
    share_heaps()
    asyncio.run(_until_told(settings, host, port))


async def _until_told(settings: Settings, host: str, port: int) -> None:
    """Work until a signal, then leave the room and return."""
    from pellucid.call.health import serving
    from pellucid.call.tally import Tally
    from pellucid.call.worker import work

    task, loop, tally = asyncio.current_task(), asyncio.get_running_loop(), Tally()
    assert task
    for number in SIGNALS:
        loop.add_signal_handler(number, task.cancel)
    with suppress(asyncio.CancelledError):
        async with serving(tally, host, port) as bound:
            log.info("health is served", extra={"host": host, "port": bound})
            await work(settings, tally)
    log.info("stopped")


def _size(text: str) -> tuple[int, int]:
    """Width and height. Raises click.UsageError."""
    width, _, height = text.partition("x")
    if not (width.isdecimal() and height.isdecimal()):
        raise click.UsageError(f"--largest: expected WIDTHxHEIGHT, got {text}")
    return int(width), int(height)


def _address(text: str) -> tuple[str, int]:
    """Host and port. Raises click.UsageError."""
    host, _, port = text.rpartition(":")
    if not (host and port.isdecimal() and int(port) < 2**16):
        raise click.UsageError(f"--health: expected HOST:PORT, got {text}")
    return host.strip("[]"), int(port)


def _secret(option: str, value: str | None, file: Path | None) -> str | None:
    """As given, or as a file holds it. Raises click.UsageError for both."""
    if value and file:
        raise click.UsageError(f"{option}: expected a value or a file, got both")
    return file.read_text("utf-8").strip() if file else value
