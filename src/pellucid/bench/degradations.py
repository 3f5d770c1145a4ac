"""What befalls a picture before it is enlarged: the seventeen ways of the robustness protocol."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from pellucid.bench import ycbcr
from pellucid.frames import Plane, VideoFrame
from pellucid.video import halve
from pellucid.video.coding import Codec, Coding, through_codec
from pellucid.video.halve import Halving

NOISES = (2, 5, 10)  # sigma in grey levels of the halved picture
JPEG_QUALITIES = (80, 50, 25)
# From hardly visible to what a starved call sends: x264's CRF and libvpx's quantiser.
QUANTISERS: dict[Codec, tuple[int, ...]] = {"x264": (22, 30, 38), "vp8": (12, 32, 52)}
GREY = 128

Spoiling = Callable[[Plane, str], Plane]  # a halved plane, and the picture's name


@dataclass(frozen=True)
class Degradation:
    """One way from a picture to what is received: halved, then perhaps spoilt."""

    name: str
    halving: Halving = halve.area
    spoiling: Spoiling | None = None

    def apply(self, luma: Plane, picture: str) -> Plane:
        """uint8 (H, W) to uint8 (H/2, W/2); H and W multiples of 4, at least 12.

        picture: a name that seeds what is random. Raises FrameError, MediaError.
        """
        low = self.halving(luma)
        return self.spoiling(low, picture) if self.spoiling else low


def all_degradations() -> tuple[Degradation, ...]:
    """Every kernel of `halve.HALVINGS` uncoded; area with noise, JPEG, x264 and VP8 intra."""
    return (
        *(Degradation(name, halving) for name, halving in halve.HALVINGS.items()),
        *(Degradation(f"noise {sigma}", spoiling=_grain(sigma)) for sigma in NOISES),
        *(Degradation(f"jpeg {quality}", spoiling=_jpeg(quality)) for quality in JPEG_QUALITIES),
        *(
            Degradation(f"{codec} {quantiser}", spoiling=_intra(Coding(codec, quantiser=quantiser)))
            for codec, quantisers in QUANTISERS.items()
            for quantiser in quantisers
        ),
    )


def noisy(low: Plane, picture: str, sigma: float) -> Plane:
    """Gaussian grain of `sigma` grey levels: for one picture the same in every run."""
    rng = np.random.default_rng(zlib.crc32(picture.encode()))
    return ycbcr.to_bytes(low + rng.normal(0, sigma, low.shape))


def through_jpeg(low: Plane, quality: int) -> Plane:
    """Coded by Pillow as a grey JPEG of that quality, 1 to 95, and decoded."""
    from PIL import Image  # only when a picture is coded, so that the command line starts fast

    file = io.BytesIO()
    Image.fromarray(low).save(file, "JPEG", quality=quality)
    with Image.open(file) as image:
        return np.array(image)


def through_intra(low: Plane, coding: Coding) -> Plane:
    """Coded as the one frame of a call, with grey chroma, and decoded; H and W even."""
    chroma = np.full([-(-size // 2) for size in low.shape], GREY, np.uint8)
    return through_codec([VideoFrame(low, chroma, chroma)], coding).frames[0].y


def _grain(sigma: float) -> Spoiling:
    return lambda low, picture: noisy(low, picture, sigma)


def _jpeg(quality: int) -> Spoiling:
    return lambda low, picture: through_jpeg(low, quality)


def _intra(coding: Coding) -> Spoiling:
    return lambda low, picture: through_intra(low, coding)
