"""The arms: a plain GAN, a published peer, each cure alone, and all three together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

# What a sample begins with: noise; a sample of the data and noise; a code that transport draws,
# alone or with noise.
Start = Literal["noise", "sample", "code", "code and noise"]


@dataclass(frozen=True)
class Arm:
    """told: in words. pack: samples that the discriminator sees at once; 0: there is none.

    local, tangent, latent: weights of the terms in training/constraints.py.
    """

    told: str
    start: Start = "noise"
    pack: int = 1
    local: float = 0.0
    tangent: float = 0.0
    latent: float = 0.0


LOCAL, TANGENT, LATENT = 10.0, 1.0, 10.0
ARMS: Mapping[str, Arm] = {
    "plain": Arm("GAN"),
    "pacgan2": Arm("GAN whose discriminator sees two samples at once (PacGAN2)", pack=2),
    "local": Arm("near a sample of the data: G(x, 0) = x (LGAN)", "sample", local=LOCAL),
    "tangent": Arm("GAN with ‖JᵀJ − I‖²", tangent=TANGENT),
    "latent": Arm("decoder of codes from optimal transport (AE-OT)", "code", pack=0),
    "all": Arm("all three: codes from transport, G(E(x), 0) = x, ‖JᵀJ − I‖²", "code and noise",
               local=LOCAL, tangent=TANGENT, latent=LATENT),
}  # fmt: skip
