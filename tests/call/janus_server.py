"""A real Janus of a test's own on a free port of this machine, with a few videorooms."""

from __future__ import annotations

import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

JANUS = Path("/usr/bin/janus")
PARTS = sorted(Path("/usr/lib").glob("*/janus"))  # Debian's plugins and transports
ROOM, PINNED, PIN, ADMIN = 1234, 5678, "a pin", "room-secret"

needs_janus = pytest.mark.skipif(not JANUS.exists(), reason="needs Debian's janus")

CORE = """
general: {{
  configs_folder = "{folder}"
  plugins_folder = "{folder}/plugins"
  transports_folder = "{folder}/transports"
  debug_colors = false
  {secret}
}}
nat: {{ ice_enforce_list = "127.0.0.1" }}
"""
SOCKETS = 'general: {{ ws = true, ws_port = {port}, ws_ip = "127.0.0.1", json = "compact" }}'
ROOMS = f"""
room-{ROOM}: {{ publishers = 20, bitrate = 3000000, secret = "{ADMIN}" }}
room-{PINNED}: {{ publishers = 20, pin = "{PIN}" }}
"""


class Server:
    """Janus, which may be killed and started again at the same address."""

    def __init__(self, folder: Path, secret: str | None = None) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"ws://127.0.0.1:{self.port}"
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        configure(folder, self.port, secret)

    def start(self) -> None:
        """Returns when it can be reached."""
        words = [JANUS, "-C", self._folder / "janus.jcfg", "-F", self._folder]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(words, stdout=log, stderr=log, cwd=self._folder)
        while not self._answers():
            assert self._process.poll() is None, (self._folder / "log").read_text()
            time.sleep(0.05)

    def kill(self) -> None:
        """At once, with no goodbye to anybody."""
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None

    @contextmanager
    def held(self) -> Iterator[None]:
        """Meanwhile it is there, and neither answers nor hangs up."""
        assert self._process
        self._process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._process.send_signal(signal.SIGCONT)

    def _answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


def configure(folder: Path, port: int, secret: str | None) -> None:
    """Only the parts that are needed: videorooms over WebSockets, on this machine alone."""
    core = CORE.format(folder=folder, secret=f'api_secret = "{secret}"' if secret else "")
    (folder / "janus.jcfg").write_text(core)
    (folder / "janus.transport.websockets.jcfg").write_text(SOCKETS.format(port=port))
    (folder / "janus.plugin.videoroom.jcfg").write_text(ROOMS)
    for kind, name in (("plugins", "videoroom"), ("transports", "websockets")):
        (folder / kind).mkdir()
        file = f"libjanus_{name}.so"
        (found,) = [part / kind for part in PARTS if list((part / kind).glob(f"{file}*"))]
        for library in found.glob(f"{file}*"):
            (folder / kind / library.name).symlink_to(library)


@contextmanager
def serving(folder: Path, secret: str | None = None) -> Iterator[Server]:
    """A Janus that runs, and is gone afterwards."""
    server = Server(folder, secret)
    try:
        server.start()
        yield server
    finally:
        server.kill()
