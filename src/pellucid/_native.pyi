"""The compiled engines, native/module.cpp; wrapped by pellucid.video and pellucid.audio."""

import numpy as np
import numpy.typing as npt

class Layer:
    def __init__(
        self,
        weight: npt.NDArray[np.int8],
        bias: npt.NDArray[np.int32],
        multiplier: npt.NDArray[np.int16],
        shift: int,
    ) -> None: ...

class Colour:
    def __init__(
        self,
        plane: npt.NDArray[np.uint8],
        out: npt.NDArray[np.uint8],
        vertical: str,
        horizontal: str,
    ) -> None: ...

class Enlarger:
    def __init__(self, layers: list[Layer], factor: int, skip: str, kernels: str = "") -> None: ...
    def enlarge(
        self,
        picture: npt.NDArray[np.uint8],
        out: npt.NDArray[np.uint8],
        mask: npt.NDArray[np.uint8] | None,
        colours: list[Colour],
        threads: int,
    ) -> None: ...
    def changed(
        self,
        before: npt.NDArray[np.uint8],
        now: npt.NDArray[np.uint8],
        mask: npt.NDArray[np.uint8],
    ) -> None: ...

def enlarge_chroma(colour: Colour) -> None: ...
def kernels(every: bool = False) -> list[str]: ...
def burn(kernels: str, rounds: int) -> int: ...
def count_traces(plane: npt.NDArray[np.uint8], out: npt.NDArray[np.int64]) -> None: ...

class Prediction:
    def __init__(self, history: npt.NDArray[np.float32], order: int) -> None: ...
    def take(self, out: npt.NDArray[np.float32]) -> None: ...
