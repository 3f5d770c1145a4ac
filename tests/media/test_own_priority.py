"""SVT-AV1, opened by root, would make the whole process a real-time one."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from media.clips import Clip, copy, make
from pellucid.frames import VideoFrame
from pellucid.media import Encoding
from pellucid.media.priority import THREADS, own_priority
from pellucid.video.coding import Coding, through_codec

pytestmark = pytest.mark.skipif(not THREADS.is_dir(), reason="needs a /proc")


def policies() -> set[int]:
    return {os.sched_getscheduler(int(each.name)) for each in THREADS.iterdir()}


def enhance(folder: Path) -> None:
    path = make(folder / "in.mkv", Clip("ffv1"))
    copy(path, folder / "out.mkv", encoding=Encoding("av1"))


def code(_: Path) -> None:
    grey = np.full((64, 96), 90, np.uint8)
    chroma = np.full((32, 48), 128, np.uint8)
    through_codec([VideoFrame(grey, chroma, chroma, 0)], Coding("av1"))


@pytest.mark.parametrize("work", [enhance, code])
def test_coding_av1_leaves_the_process_as_it_was(
    work: Callable[[Path], None], tmp_path: Path
) -> None:
    before = policies()
    work(tmp_path)
    assert policies() == before
    started: list[int] = []
    thread = threading.Thread(target=lambda: started.append(os.sched_getscheduler(0)))
    thread.start()
    thread.join()
    assert set(started) <= before


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs root")
def test_what_went_up_comes_down_again() -> None:
    before = os.sched_getscheduler(0)
    with own_priority():
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
    assert os.sched_getscheduler(0) == before
