"""Runs the command line as a user does: another process, warnings as errors."""

from __future__ import annotations

import subprocess
import sys

COMMAND = [sys.executable, "-W", "error", "-m", "pellucid.cli"]


def pellucid(*words: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*COMMAND, *map(str, words)], capture_output=True, text=True, check=False)


def fails(status: int, complaint: str, *words: object) -> None:
    """The command ends with `status`, one line of complaint, and nothing on standard output."""
    done = pellucid(*words)
    assert done.returncode == status, done.stderr
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1, done.stderr
    assert complaint in done.stderr
