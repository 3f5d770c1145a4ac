"""A browser calls `pellucid serve`: 480x360 there, 960x720 back, and its voice."""

from __future__ import annotations

import pytest

from call.chromium import CHROMIUM, calling, server
from pellucid.call.extensions import PLAYOUT

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Debian's chromium")


@pytest.mark.parametrize("codec", ["VP8", "H264"])
def test_picture_and_voice_come_back_enhanced(codec: str) -> None:
    with server() as (address, _), calling(address, codec=codec) as call:
        first = call.until(lambda now: now["width"] == 960)
        assert first["height"] == 720
        assert f"video/{codec}" in first["codecs"]
        later = call.until(lambda now: now["frames"] > first["frames"] + 20)
        assert later["stats"]["video"]["width"] == 480
        # The browser tells when pictures' packets came, and is told how long it may hold them back.
        call.until(lambda now: now["stats"]["video"]["came"] > 20)
        assert PLAYOUT in call.page.evaluate("window.call.peer.remoteDescription.sdp")
        call.until(lambda now: now["energy"] > 1e-3)
        assert later["stats"]["voice"]["lost"] == 0
