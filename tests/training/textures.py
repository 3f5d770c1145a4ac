"""A made-up picture that a codec can predict and a network can learn."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageFilter

from pellucid.frames import Plane
from pellucid.training.dataset import PATCH


def texture(seed: int, side: int = 2 * PATCH + 32) -> Plane:
    """Smooth random shapes with edges, which a codec can predict and a network can learn."""
    noise = np.random.default_rng(seed).integers(0, 256, (side // 8, side // 8)).astype(np.uint8)
    large = Image.fromarray(noise).resize((side, side), Image.Resampling.BICUBIC)
    return np.asarray(large.filter(ImageFilter.SHARPEN))
