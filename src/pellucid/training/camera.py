"""What happens to a picture before it is coded: light, lens, noise, and the sender's scaler."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

from pellucid.training.recipe import Recipe
from pellucid.video import halve

Luma = npt.NDArray[np.uint8]
BLACK, WHITE = 16, 235  # of limited range


@dataclass(frozen=True)
class Camera:
    """One sender's way with pictures.

    halving: one of `halve.HALVINGS`. light: 1 leaves a picture as it is, less darkens it.
    blur: sigma of a mild defocus in full-size pixels. sharpening: of the camera's own, 0 to 1.
    noise: sigma of grain in grey levels of the halved picture.
    """

    halving: str
    light: float = 1.0
    blur: float = 0.0
    sharpening: float = 0.0
    noise: float = 0.0

    def exposed(self, picture: Luma) -> Luma:
        """The picture that is to be restored: in this light, sharpened as this camera does."""
        made = Image.fromarray(picture)
        if self.sharpening:
            amount = round(100 * self.sharpening)
            made = made.filter(ImageFilter.UnsharpMask(radius=1, percent=amount, threshold=0))
        luma = np.asarray(made, np.float32)
        lit = BLACK + (luma - BLACK) * np.float32(self.light)
        return np.clip(np.round(lit), 0, 255).astype(np.uint8)

    def sent(self, exposed: Luma, rng: np.random.Generator) -> Luma:
        """What goes to the encoder: defocused, halved, with grain. uint8 (H, W) to (H/2, W/2)."""
        if self.blur:
            blurred = Image.fromarray(exposed).filter(ImageFilter.GaussianBlur(self.blur))
            exposed = np.asarray(blurred)
        low = halve.HALVINGS[self.halving](exposed)
        if not self.noise:
            return low
        grain = rng.normal(0, self.noise, low.shape)
        return np.clip(np.round(low + grain), 0, 255).astype(np.uint8)


# Ways of halving that happen outside calls; what a net must not be harmed by. The shifting
# Gaussian is not among them: a net that learns its half pixel blurs everything else.
ELSEWHERE = ("area", "bicubic", "plain-bicubic", "lanczos")
SCENES = {"light": (0.25, 0.8), "sharpening": (0.2, 0.8)}  # change the truth as well
FLAWS = {"blur": (0.3, 0.8), "noise": (1.0, 11.0)}  # are to be mended
CODED_FLAWS = 0.2  # of cameras with something odd, in calls; a codec removes most of it


def draw_camera(recipe: Recipe, rng: np.random.Generator, coded: bool) -> Camera:
    """Draw a sender; a `camera_share` of them has one oddity, the others only their scaler."""
    in_calls = coded or recipe.clean_share == 1  # a recipe without calls names its own scalers
    halving = str(rng.choice(recipe.halvings if in_calls else ELSEWHERE))
    if rng.random() >= recipe.camera_share:
        return Camera(halving)
    flawed = rng.random() < (CODED_FLAWS if coded else 0.8)
    spans = FLAWS if flawed else SCENES
    oddity = str(rng.choice(list(spans)))
    return Camera(halving, **{oddity: float(rng.uniform(*spans[oddity]))})
