"""What every format gives: how a network is converted, and run where its makers' runtime is."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from pellucid.errors import MissingExtraError
from pellucid.video.integer import IntegerNetwork, Luma

Grey = npt.NDArray[np.float32]
Size = tuple[int, int]  # height, width


@dataclass(frozen=True)
class Format:
    """One format that a video network can leave in.

    convert: writes the network for pictures of a size into a folder, under a name; the first path
    it returns is what an app opens. run: what its runtime makes of luma, uint8 (H, W), as levels
    of grey, float32 (2H, 2W). checked_with: who runs it here. modules: what both need beside
    torch. picture, enlarged: what goes in and comes out, for the card. exact: whether that must be
    the reference's bytes. any_size: whether the file takes pictures of every size. extra: what
    installs `modules`.
    """

    name: str
    convert: Callable[[IntegerNetwork, Size, Path, str], list[Path]]
    run: Callable[[list[Path], Luma], Grey]
    checked_with: str
    modules: tuple[str, ...]
    picture: str
    enlarged: str
    exact: bool = False
    any_size: bool = False
    extra: str = "export"

    def check_installed(self) -> None:
        """Raise MissingExtraError naming what to install."""
        missing = [name for name in self.modules if importlib.util.find_spec(name) is None]
        if missing:
            raise MissingExtraError(
                f'{self.name} needs {" and ".join(missing)}: pip install "pellucid[{self.extra}]"'
            )
