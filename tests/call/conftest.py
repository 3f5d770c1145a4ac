"""What several tests of calls are given."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from call.janus_server import Server, serving


@pytest.fixture(scope="module")
def janus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A Janus for the tests of one file."""
    with serving(tmp_path_factory.mktemp("janus")) as server:
        yield server
