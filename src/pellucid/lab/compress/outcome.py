"""What was measured of an arm."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Measured:
    """whole: dB of PSNR over bicubic by held-out group, of the network as it was trained. gains:
    of what the smallest file holds: floats are float16 there.

    sizes: bytes by form, see `sizes`. parameters: numbers in the network that runs. macs: for a
    picture of 480x360, those with zero weights and with one-bit ones included; nonzero: without
    the former; bits: of the latter alone, 64 of which are one XNOR and one count of bits.
    """

    arm: str
    steps: int
    parameters: int
    macs: int
    nonzero: int
    bits: int
    sizes: Mapping[str, int]
    whole: Mapping[str, float]
    gains: Mapping[str, float]

    @property
    def bytes(self) -> int:
        """Of the smallest form."""
        return min(self.sizes.values())


def by_arm(found: Sequence[Measured]) -> dict[str, Measured]:
    """Measured arms by their names."""
    return {one.arm: one for one in found}


def clips(one: Measured) -> float:
    """The gain on held-out clips; on whatever there is where no clip is."""
    return one.gains.get("clips", next(iter(one.gains.values())))


def stages(found: Mapping[str, Measured]) -> list[tuple[str, int, float]]:
    """The pipeline so far: what was done, bytes and gain on clips after it.

    Codes come from the network of shared values and lose nothing.
    """
    forms = (
        ("trained, float32", "large", "float32"), ("pruned, float32", "pruned 82", "sparse"),
        ("shared values", "shared", "indexed"), ("Huffman codes", "shared", "huffman"),
        ("ANS", "shared", "ans"),
    )  # fmt: skip
    return [
        (told, found[arm].sizes[form], clips(found[arm]))
        for told, arm, form in forms
        if arm in found and form in found[arm].sizes
    ]
