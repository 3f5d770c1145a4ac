"""Two namespaces and the link between them, for a test: `with Link(seed=1) as link`.

link.set(Conditions(loss=0.05))                   now, both ways
link.set(Conditions(rate_kbps=300), after=5, way=0)   5 seconds later, from the first side
link.words(0, "ping", ADDRESSES[1])              a command's words, to run it inside
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from call.network.link import ADDRESSES, CLONE_NEWNET, LIBC, Counts
from pellucid.call.impairment import Conditions

__all__ = ["ADDRESSES", "TESTS", "Link", "why_not"]

TESTS = Path(__file__).parents[2]


def why_not() -> str:
    """Why this machine cannot have such a link; empty where it can."""
    if sys.platform != "linux" or os.geteuid():
        return "an impaired link needs root, on Linux"
    if not Path("/dev/net/tun").exists():
        return "an impaired link needs /dev/net/tun"
    for command in ("ip", "nsenter", "setpriv"):
        if not shutil.which(command):
            return f"an impaired link needs {command} (Debian's iproute2 and util-linux)"
    child = os.fork()
    if not child:
        os._exit(LIBC.unshare(CLONE_NEWNET) != 0)
    return "an impaired link needs network namespaces" if os.waitpid(child, 0)[1] else ""


class Link:
    """The process that carries the packets; side 0 has ADDRESSES[0], side 1 the other."""

    def __init__(self, seed: int) -> None:
        self._words = [sys.executable, "-m", "call.network.link", str(seed)]

    def __enter__(self) -> Link:
        self._process = subprocess.Popen(
            self._words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=TESTS
        )
        try:
            self._namespaces: Sequence[str] = self._said()["namespaces"]
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()  # it ends with its input

    def set(self, conditions: Conditions, after: float = 0.0, way: int | None = None) -> None:
        """Conditions from `after` seconds on: both ways, or that of packets from side `way`."""
        words: dict[str, object] = {"conditions": asdict(conditions), "after": after}
        self._say(words if way is None else words | {"way": way})

    def counts(self) -> tuple[Counts, Counts]:
        """Of packets from side 0, and from side 1."""
        self._say({"counts": True})
        one, other = self._said()["counts"]
        return Counts(**one), Counts(**other)

    def words(self, side: int, *command: str) -> list[str]:
        """A command that runs on one side, and is killed with the thread that started it."""
        enter = ["nsenter", f"--net={self._namespaces[side]}"]
        return [*enter, "setpriv", "--pdeathsig", "KILL", *command]

    @property
    def pid(self) -> int:
        """Of the process."""
        return self._process.pid

    def _say(self, words: dict[str, object]) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(words) + "\n")
        self._process.stdin.flush()

    def _said(self) -> dict[str, list]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the link's process ended"
        return json.loads(line)
