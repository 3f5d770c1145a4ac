"""`pellucid serve`: a page that shows what Pellucid does to a call."""

from __future__ import annotations

import asyncio
import signal
import ssl
from collections.abc import Coroutine
from pathlib import Path

import click

from pellucid.errors import MissingExtraError

TOKEN_VARIABLE = "PELLUCID_TOKEN"
EVERYWHERE = ("0.0.0.0", "::", "")  # all addresses of a machine


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8765, show_default=True, type=click.IntRange(0, 65_535),
              help="Port to listen on; 0 for any that is free.")  # fmt: skip
@click.option("--token", envvar=TOKEN_VARIABLE, show_envvar=True,
              help="What the page's address must carry; made up for other addresses than this "
              "machine's own, unless given.")  # fmt: skip
@click.option("--peers", default=16, show_default=True, type=click.IntRange(1),
              help="Calls at once.")  # fmt: skip
@click.option("--certificate", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="For https, which browsers want before they give another machine's page the "
              "camera: a PEM file, with the key in it or in --key.")  # fmt: skip
@click.option("--key", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="The certificate's private key, a PEM file.")  # fmt: skip
def serve(
    host: str,
    port: int,
    token: str | None,
    peers: int,
    certificate: Path | None,
    key: Path | None,
) -> None:
    """Open a page that calls this machine and shows the call made clear.

    Your camera and voice go through a real WebRTC call, as bad as you wish, and come back: the
    picture twice as large, the voice without noise and gaps.
    """
    try:
        from pellucid.call.access import access_for
        from pellucid.call.limits import Limits
        from pellucid.call.server import serve as run
    except ImportError as error:
        raise MissingExtraError('calls need aiortc: pip install "pellucid[call]"') from error
    access, tls = access_for(host, token), _tls(certificate, key)

    def started(port: int) -> None:
        click.echo(f"Open {address(host, port, access.token, tls is not None)}")

    work = run(host, port, access, Limits(peers=peers), tls, started)
    asyncio.run(_until_interrupted(work))


def address(host: str, port: int, token: str | None, tls: bool) -> str:
    """Of the page, for this machine."""
    host = "localhost" if host in EVERYWHERE else host
    name = f"[{host}]" if ":" in host else host
    query = f"?token={token}" if token else ""
    return f"http{'s' if tls else ''}://{name}:{port}/{query}"


def _tls(certificate: Path | None, key: Path | None) -> ssl.SSLContext | None:
    if certificate is None:
        if key:
            raise click.UsageError("--key needs --certificate")
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(certificate, key)
    except ssl.SSLError as error:
        raise click.BadParameter(f"{certificate} has no certificate with its key") from error
    return context


async def _until_interrupted(work: Coroutine[None, None, None]) -> None:
    """Run it until it fails, or ends because somebody asks for that: a server's usual end."""
    task = asyncio.ensure_future(work)
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    try:
        await task
    except asyncio.CancelledError:
        click.echo("Ended.")
