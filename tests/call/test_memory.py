"""Threads of a server share two heaps; without that, each would have its own."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="needs glibc")
# Eight threads allocate side by side; then glibc tells of its heaps.
COUNT = """
import ctypes, sys, tempfile, threading
from pellucid.call.memory import share_heaps

libc = ctypes.CDLL(None)
libc.malloc.argtypes, libc.malloc.restype = [ctypes.c_size_t], ctypes.c_void_p
libc.fdopen.restype = ctypes.c_void_p
libc.malloc_info.argtypes = [ctypes.c_int, ctypes.c_void_p]
libc.fflush.argtypes = [ctypes.c_void_p]
if sys.argv[1] == "shared":
    share_heaps()
together = threading.Barrier(8)

def allocate():
    together.wait()
    for _ in range(100):
        libc.malloc(1000)
    together.wait()

threads = [threading.Thread(target=allocate) for _ in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
with tempfile.TemporaryFile("w+b") as file:
    stream = libc.fdopen(file.fileno(), b"w")
    libc.malloc_info(0, stream)
    libc.fflush(stream)
    file.seek(0)
    print(file.read().count(b"<heap nr="))
"""


def heaps(how: str) -> int:
    """Of a process of its own, as what is set holds for a whole one."""
    words = [sys.executable, "-c", COUNT, how]
    return int(subprocess.run(words, check=True, capture_output=True, text=True).stdout)


def test_all_threads_share_two_heaps() -> None:
    assert heaps("shared") <= 2 < heaps("as ever")
