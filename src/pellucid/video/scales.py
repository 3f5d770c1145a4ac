"""From real weights to a layer of whole numbers, for training and for mixing, and back."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pellucid.errors import ArtifactError
from pellucid.video.integer import Layer

Floats = npt.NDArray[np.float64]
# The largest multiplier of a layer ends up below its top: a smaller one leaves the 16-bit value
# before it more precise. None is left below its floor: the 16-bit value would saturate before the
# output does (hidden outputs end at 255, the last layer's at 16 * 255).
HIDDEN_TOP, HIDDEN_FLOOR = 2**12, 2**8
LAST_TOP, LAST_FLOOR = 2**14, 2**12
FLOORS = {HIDDEN_TOP: HIDDEN_FLOOR, LAST_TOP: LAST_FLOOR}


def integer_bias(bias: Floats, unit: Floats) -> npt.NDArray[np.int32]:
    """Biases (..., O) in units of their layer's sums, (O,)."""
    return np.rint(bias / unit).clip(-(2**29), 2**29).astype(np.int32)


def integer_layer(
    weight: Floats, bias: Floats, before: float, after: float, top: int
) -> tuple[Layer, Floats]:
    """One layer in integers, and the real weight step of each output channel, float64 (O,).

    weight: (O, C, k, k). Each output channel uses the full -127..127, but for those so weak that
    their multiplier would fall below the floor of `top`; these use fewer levels. The shift is the
    largest that keeps every multiplier below `top`. Raises ArtifactError when one step of the
    output is worth less than one unit of the sum: no multiplier can say that.
    """
    weight_step = np.maximum(np.abs(weight).max(axis=(1, 2, 3)), 1e-8) / 127
    worth = before / after  # of one unit of the sum in output units, but for the weight step
    largest = float((worth * weight_step).max())
    if largest > 32767 / 32768:
        raise ArtifactError(f"layer: expected a ratio below 1 between its steps, got {largest:.3g}")
    # Compared by exact products, so that a page's arithmetic comes to the same.
    shift = sum(largest * 2.0 ** (15 + more) <= top for more in range(1, 16))
    weight_step = np.maximum(weight_step, FLOORS[top] / 2 ** (15 + shift) / worth)
    layer = Layer(
        weight=np.rint(weight / weight_step[:, None, None, None]).astype(np.int8),
        bias=integer_bias(bias, before * weight_step),
        multiplier=np.rint(worth * weight_step * 2 ** (15 + shift)).astype(np.int16),
        shift=shift,
    )
    return layer, weight_step


def real_layer(layer: Layer) -> tuple[Floats, Floats]:
    """Weight (O, C, k, k) and bias (O,) that a layer stands for, where every step is 1."""
    scale = layer.multiplier / np.float64(2 ** (15 + layer.shift))
    return layer.weight * scale[:, None, None, None], layer.bias * scale
