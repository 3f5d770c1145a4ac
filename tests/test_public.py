"""The public surface: light to import, complete, and without what only training needs."""

from __future__ import annotations

import subprocess
import sys

import pytest

import pellucid

HEAVY = {"torch", "onnxruntime", "matplotlib", "PIL", "imageio_ffmpeg"}


def modules_after(code: str) -> set[str]:
    """Names of the modules that a fresh interpreter has loaded after running `code`."""
    script = f"{code}\nimport sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True)
    return set(done.stdout.decode().split())


def test_import_loads_almost_nothing() -> None:
    loaded = modules_after("import pellucid")
    assert "pellucid" in loaded
    assert not loaded & {*HEAVY, "numpy", "av"}


def test_running_needs_nothing_that_is_for_training_or_measuring() -> None:
    every = "; ".join(f"pellucid.{name}" for name in pellucid.HOMES)
    loaded = modules_after(f"import pellucid; {every}; import pellucid.cli")
    assert "pellucid.video.upscale" in loaded
    assert not loaded & HEAVY


@pytest.mark.parametrize("name", sorted(pellucid.HOMES))
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(pellucid, name).__name__ == name
    assert name in dir(pellucid)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="enhence"):
        pellucid.enhence  # noqa: B018
