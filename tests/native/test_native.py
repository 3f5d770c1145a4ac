"""The engines without Python: on processors that this one is not, and under sanitizers."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from pellucid import _native
from pellucid.frames import Plane
from pellucid.video.integer import IntegerNetwork, reference
from video.networks import noise, random_network, uniform_network

HERE = Path(__file__).parent
SIMDE = Path("/usr/include/simde/x86/avx512.h")

Case = tuple[IntegerNetwork, Plane]


def cases(count: int, largest: int) -> list[Case]:
    """Networks of many shapes, the ones that ship among them, and pictures of many sizes."""
    made = []
    for seed in range(count):
        rng = np.random.default_rng(seed)
        widest = int(rng.choice([1, 3, 8, 16, 17, 24, 40, 128]))
        network = random_network(seed, int(rng.integers(1, 6)), int(rng.integers(1, 3)), widest)
        height, width = rng.integers(1, largest, 2).tolist()
        made.append((network, noise(height, width, seed)))
    shipped = [uniform_network(count, 5, width) for width in (8, 16)]
    return made + [(network, noise(19, 61)) for network in shipped]


def encode(case: Case) -> bytes:
    network, picture = case
    skip = int(network.skip == "bilinear")
    head = [*picture.shape, network.factor, skip, len(network.layers)]
    parts = [np.array(head, np.int32).tobytes()]
    for layer in network.layers:
        shape = [layer.inputs, layer.outputs, layer.weight.shape[2], layer.shift]
        parts.append(np.array(shape, np.int32).tobytes())
        parts += [a.tobytes() for a in (layer.weight, layer.bias, layer.multiplier)]
    return b"".join([*parts, picture.tobytes()])


def build(folder: Path, *options: str) -> Path:
    """The driver, built with the options of its CMakeLists.txt."""
    if not shutil.which("cmake"):
        pytest.skip("needs cmake")
    subprocess.run(["cmake", "-S", HERE, "-B", folder, *options], check=True, capture_output=True)
    subprocess.run(["cmake", "--build", folder, "-j2"], check=True, capture_output=True)
    return folder / "driver"


def check(driver: Sequence[str | Path], kernels: str, threads: int, given: list[Case]) -> None:
    """The driver's pictures are the reference's."""
    words = [*driver, kernels, str(threads)]
    done = subprocess.run(words, input=b"".join(map(encode, given)), capture_output=True)
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    expected = [reference(*case) for case in given]
    assert len(done.stdout) == sum(picture.size for picture in expected)
    at = 0
    for number, picture in enumerate(expected):
        made = np.frombuffer(done.stdout, np.uint8, picture.size, at).reshape(picture.shape)
        np.testing.assert_array_equal(made, picture, err_msg=f"case {number}")
        at += picture.size


@pytest.fixture(scope="module")
def emulated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not SIMDE.exists():
        pytest.skip("needs SIMDe (Debian: libsimde-dev)")
    return build(tmp_path_factory.mktemp("emulated"), "-DEMULATED=ON")


@pytest.fixture(scope="module")
def arm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not shutil.which("aarch64-linux-gnu-g++") or not shutil.which("qemu-aarch64"):
        pytest.skip("needs g++-aarch64-linux-gnu and qemu-user")
    toolchain = f"-DCMAKE_TOOLCHAIN_FILE={HERE / 'arm64.cmake'}"
    return build(tmp_path_factory.mktemp("arm"), toolchain)


@pytest.mark.parametrize("kernels", ["avx2", "avx_vnni", "avx512_vnni"])
def test_x86_kernels_give_the_bytes_of_the_reference(emulated: Path, kernels: str) -> None:
    check([emulated], kernels, 2, cases(60, 40))


@pytest.mark.parametrize("kernels", ["neon", "neon_dot", "portable"])
def test_arm_kernels_give_the_bytes_of_the_reference(arm: Path, kernels: str) -> None:
    check(["qemu-aarch64", arm], kernels, 2, cases(60, 40))


@pytest.mark.parametrize("sanitizer", ["address,undefined", "thread"])
def test_sanitizers_find_nothing(tmp_path: Path, sanitizer: str) -> None:
    driver = build(tmp_path, f"-DSANITIZE={sanitizer}")
    for kernels in _native.kernels():
        check([driver], kernels, 3, cases(40, 30))
