"""`pellucid serve` as its user runs it: it says where, serves, and ends when asked to."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest


@contextmanager
def served(*options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The process, and the address that it prints."""
    command = [sys.executable, "-m", "pellucid.cli", "serve", "--port", "0", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process, process.stdout.readline().split()[-1]
        finally:
            process.kill()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_when_it_is_asked_to(number: signal.Signals) -> None:
    with served() as (process, address):
        health = json.load(urlopen(f"{address}health"))
        assert health["calls"] == 0
        process.send_signal(number)
        assert process.wait(60) == 0


def test_other_addresses_need_the_token_that_is_printed() -> None:
    with served("--host", "0.0.0.0") as (_, address):
        bare, token = address.split("?token=")
        assert len(token) >= 20
        assert json.load(urlopen(f"{bare}health?token={token}"))["calls"] == 0
        with pytest.raises(HTTPError, match="403"):
            urlopen(f"{bare}health")


def test_a_port_that_is_taken_is_one_line() -> None:
    with served() as (_, address):
        port = address.rstrip("/").rsplit(":", 1)[1]
        command = [sys.executable, "-m", "pellucid.cli", "serve", "--port", port]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 1
        assert done.stderr.count("\n") == 1
        assert "in use" in done.stderr


def test_a_file_that_is_no_certificate_is_said_to_be_none() -> None:
    command = [sys.executable, "-m", "pellucid.cli", "serve", "--certificate", __file__]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "no certificate" in done.stderr
