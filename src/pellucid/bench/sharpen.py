"""The same sharpener after any method, so that sharpness alone is not taken for merit."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from pellucid.bench import ycbcr
from pellucid.bench.methods import LumaMethod, Method
from pellucid.errors import RecipeError
from pellucid.frames import Plane


def sharpened(method: Method, amount: float) -> Method:
    """The method followed by `unsharp` on luma, named "NAME +sharpen AMOUNT".

    Its cost is told as the method's own; the mask adds a few additions a pixel. Raises
    RecipeError for an amount that is not above 0.
    """
    if not (math.isfinite(amount) and amount > 0):
        raise RecipeError(f"sharpen: expected an amount above 0, got {amount}")
    name = f"{method.name} +sharpen {amount:g}"
    if isinstance(method, LumaMethod):
        begin = method.begin
        return replace(
            method,
            name=name,
            enlarge=_then(method.enlarge, amount),
            begin=(lambda: _then(begin(), amount)) if begin else None,
        )
    return replace(method, name=name, finish=lambda luma: unsharp(luma, amount))


def _then(enlarge: Callable[[Plane], Plane], amount: float) -> Callable[[Plane], Plane]:
    return lambda low: unsharp(enlarge(low), amount)


def unsharp(luma: Plane, amount: float) -> Plane:
    """Unsharp mask: y + amount * (y - G(y)), rounded and clipped to 0..255; uint8 (H, W).

    G: 3x3 binomial, [1 2 1] / 4 both ways; beyond the edges the nearest pixel goes on.
    """
    padded = np.pad(luma, 1, mode="edge").astype(np.int32)
    tall = padded[:-2] + 2 * padded[1:-1] + padded[2:]
    blurred = tall[:, :-2] + 2 * tall[:, 1:-1] + tall[:, 2:]  # 16 times G(y)
    return ycbcr.to_bytes(luma + (amount / 16) * (16 * luma.astype(np.int32) - blurred))
