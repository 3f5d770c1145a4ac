"""What a generator is held to beside its adversary: near the data, of full rank, in the right code.

Each is a function of a callable that takes a batch (..., k) of vectors to a batch of anything, so
that it holds for a network of the plane, of pictures or of sounds alike. Leading dimensions are the
batch; every element of it is mapped by itself.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable

import torch
from torch import Tensor
from torch.func import jvp, vjp, vmap

from pellucid.errors import FrameError

Map = Callable[[Tensor], Tensor]  # (..., k) to (..., *shape)
Local = Callable[[Tensor, Tensor], Tensor]  # anchors (..., *shape) and z (..., k) to (..., *shape)
TINY = 1e-12  # keeps 0 log 0 at 0


def anchored(generator: Local, anchors: Tensor, z: Tensor, truth: Tensor | None = None) -> Tensor:
    """mean |G(x, 0) - x|²: without noise the generator gives its anchor back.

    This is a supervised term: truth, where given, is what belongs to an anchor instead of itself,
    such as the sharp picture of a coarse one, or the sample of a code. z only tells its shape.
    Source: Qi, Zhang, Hu 2018 (LGAN), the locality of a local generator.
    """
    wanted = anchors if truth is None else truth
    return _squares(generator(anchors, torch.zeros_like(z)) - wanted, z).mean()


def near(generator: Local, anchors: Tensor, z: Tensor, stretch: float = 1.0) -> Tensor:
    """mean max(0, |G(x, z) - G(x, 0)| - s |z|)²: the noise leads no further than it is long.

    An isometry on s z costs nothing. Ours; Qi et al. 2018 leave it to the tangent term, which
    looks at z = 0 alone.
    """
    moved = generator(anchors, z) - generator(anchors, torch.zeros_like(z))
    # The tiny number keeps the root's slope finite where nothing moved.
    far: Tensor = (_squares(moved, z) + TINY).sqrt() - stretch * z.norm(dim=-1)
    return far.relu().square().mean()


def jacobian(generator: Map, z: Tensor) -> Tensor:
    """J = dG/dz, (..., D, k), D all the numbers of one output: exact, a jvp for each of k."""
    units = torch.eye(z.shape[-1], dtype=z.dtype, device=z.device)
    columns: Tensor = vmap(lambda unit: _pushed(generator, z, unit.expand_as(z)))(units)
    return columns.flatten(z.ndim).movedim(0, -1)


def tangent(generator: Map, z: Tensor, stretch: float = 1.0) -> Tensor:
    """mean ‖JᵀJ / s² - I‖²: columns of J stay orthogonal and of length s, so J keeps its rank.

    Needs D ≥ k: raises FrameError else, as no such J is there. Source: Qi, Zhang, Hu 2018, the
    orthonormality of the tangent space; they take finite differences, this is exact.
    """
    columns = jacobian(generator, z)
    if columns.shape[-2] < columns.shape[-1]:
        raise FrameError(
            f"z: expected at most {columns.shape[-2]} numbers, as many as one output has, "
            f"got {columns.shape[-1]}"
        )
    gram = columns.mT @ columns / stretch**2
    unit = torch.eye(z.shape[-1], dtype=z.dtype, device=z.device)
    return (gram - unit).square().sum((-2, -1)).mean()


def tangent_estimate(generator: Map, z: Tensor, probes: Tensor, stretch: float = 1.0) -> Tensor:
    """The same from probes (P, ..., k) of ±1: mean over them of |(JᵀJ / s² - I) v|².

    E v vᵀ = I makes its expectation ‖JᵀJ / s² - I‖² (Hutchinson 1989). A probe costs a jvp and a
    vjp, so it pays where k is much larger than the number of probes.
    """

    def one(probe: Tensor) -> Tensor:
        pulled: Tensor = vjp(generator, z)[1](_pushed(generator, z, probe))[0]
        return (pulled / stretch**2 - probe).square().sum(-1).mean()

    return torch.stack([one(probe) for probe in probes]).mean()


def latent(encode: Map, made: Tensor, codes: Tensor) -> Tensor:
    """mean |E(G(y)) - y|²: what is made has the code y that it was asked for, (..., k).

    Codes that optimal transport draws (training/transport) are distributed as the data's, so a
    generator that keeps them drops none. Source: An et al. 2020 (AE-OT) draw codes so; the term
    that keeps them under an adversary is ours, near Srivastava et al. 2017 (VEEGAN), who draw them
    from noise.
    """
    return _squares(encode(made) - codes, codes).mean()


def spectrum(columns: Tensor) -> Tensor:
    """Singular values of J (..., D, k), largest first: (..., min(D, k))."""
    found: Tensor = torch.linalg.svdvals(columns)
    return found


def effective_rank(singular: Tensor) -> Tensor:
    """exp(-Σ p log p) with p = σ / Σσ, (...): 1 for one direction, n for n that are equal.

    Source: Roy, Vetterli 2007. No direction at all counts as 1.
    """
    shares = singular / singular.sum(-1, keepdim=True).clamp_min(TINY)
    return (-shares * (shares + TINY).log()).sum(-1).exp()


def _pushed(generator: Map, z: Tensor, direction: Tensor) -> Tensor:
    """J v, forwards."""
    with warnings.catch_warnings():
        # At the first call torch loads rules of its own by what it has deprecated itself.
        warnings.filterwarnings("ignore", "`torch.jit.script", DeprecationWarning)
        moved: Tensor = jvp(generator, (z,), (direction,))[1]
    return moved


def _squares(difference: Tensor, z: Tensor) -> Tensor:
    """Squared lengths, one for each element of z's batch."""
    return difference.flatten(z.ndim - 1).square().sum(-1)
