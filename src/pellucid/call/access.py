"""Who may speak to a server: this machine's own pages, or whoever has the token.

A page of another site can reach a server on this machine through the browser that shows it. Three
things keep it out: its origin is not ours; the name it has for us is not one of this machine's, in
case it bound its own name to our address; and no answer allows other origins to read it.
"""

from __future__ import annotations

import ipaddress
import secrets
from dataclasses import dataclass
from urllib.parse import urlsplit

from pellucid.errors import CallError

LOCAL_NAME = "localhost"
TOKEN_BYTES = 16


@dataclass(frozen=True, slots=True)
class Access:
    """token: what callers must present; None for a server that only this machine reaches."""

    token: str | None = None

    def check_host(self, host: str) -> None:
        """By a request's Host header. Raises CallError."""
        if self.token is None and not is_local(name_of(host)):
            raise CallError("This server answers only to localhost.", "wrong_host")

    def check_token(self, token: str | None) -> None:
        """By the token that a request brings. Raises CallError."""
        if self.token is not None and not _same(self.token, token):
            raise CallError("This server needs the token of its address.", "wrong_token")

    def check_origin(self, host: str, origin: str | None) -> None:
        """By a request's Host and Origin headers; what is no browser has no origin. Raises
        CallError.
        """
        if origin is not None and urlsplit(origin).netloc != host:
            raise CallError("Only this server's own page may call it.", "wrong_origin")


def access_for(host: str, token: str | None = None) -> Access:
    """How a server that binds to `host` is to be guarded: with a token, made up unless given,
    wherever others than this machine can reach it. An empty one is none.
    """
    if not token and not is_local(host):
        token = secrets.token_urlsafe(TOKEN_BYTES)
    return Access(token or None)


def is_local(name: str) -> bool:
    """Whether a name or address can only mean this machine."""
    if name == LOCAL_NAME:
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def name_of(host: str) -> str:
    """Of a Host header, without the port; "" for none and for nonsense."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _same(token: str, other: str | None) -> bool:
    return other is not None and secrets.compare_digest(token.encode(), other.encode())
