"""A call that only a TURN server can carry (coturn, in the receiver's network) arrives enhanced."""

from __future__ import annotations

import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from call.network.calls import RECEIVES, Call
from call.network.namespaces import ADDRESSES, Link, why_not
from pellucid.call.impairment import Conditions

WHY_NOT = why_not() or ("" if shutil.which("turnserver") else "needs Debian's coturn")
pytestmark = pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT or "it can be had")
NAME, PASSWORD = "caller", "of-this-test"


@contextmanager
def relay(link: Link, folder: Path) -> Iterator[list[dict[str, str]]]:
    """A TURN server on the receiver's side, as peers are told of it."""
    address, log = ADDRESSES[RECEIVES], folder / "turn.log"
    options = f"-n --no-cli --no-tls --no-dtls --lt-cred-mech --realm test --user {NAME}:{PASSWORD}"
    places = f"--listening-ip {address} --relay-ip {address} --pidfile {folder}/turn.pid"
    words = ["turnserver", *options.split(), *places.split(), "--log-file", str(log)]
    command = link.words(RECEIVES, *words, "--simple-log", "--userdb", f"{folder}/turn.db")
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        try:
            while "admin thread" not in (log.read_text() if log.exists() else ""):
                assert process.poll() is None
                time.sleep(0.05)
            yield [{"urls": f"turn:{address}:3478", "username": NAME, "credential": PASSWORD}]
        finally:
            process.kill()


def test_a_relayed_call_arrives_enhanced(tmp_path: Path) -> None:
    with Link(seed=4) as link, relay(link, tmp_path) as servers:
        link.set(Conditions(delay_ms=20))
        with Call(link, "video/VP8", servers) as call:
            start = time.monotonic()
            end = call.run(6)
    for description in call.described:
        assert set(re.findall(r"^a=candidate:.* typ (\w+)", description, re.MULTILINE)) == {"relay"}
    assert call.heard.wrong == []
    assert set(call.heard.sizes) == {"640x480"}
    for kind in ("video", "audio"):
        assert len(call.heard.between(kind, start, end)) > 20
