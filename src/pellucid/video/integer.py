"""The integer network: x2 super-resolution of luma in whole numbers, the same bytes everywhere.

This page is the format. A shader or a SIMD kernel written from it alone must give exactly the
bytes of `reference` below.

    picture x       uint8 (H, W)
    factor s        1 or 2: space-to-depth at the input
    layers 1..L     3x3 or 1x1 convolutions, stride 1; ReLU after all but the last
    gate            may choose among several such networks by the whole picture: see `video.gate`
    output          uint8 (2H, 2W)

Everything is integer. `>>` is the arithmetic shift (floor), sat8 clamps to 0..255, sat16 to
-32768..32767. No intermediate leaves int32.

1. Input. x is continued without end by its nearest edge pixel: x[i, j] = x[clamp(i), clamp(j)].
   The feature grid has h = ceil(H/s) rows and w = ceil(W/s) columns. Its s*s input channels are
   f0[a*s + b][i, j] = x[i*s + a, j*s + b]. For the first layer the grid has no edge: i and j may
   lie outside 0..h-1, 0..w-1, and take the continued picture.
2. Layer l has int8 weights W[o][c][dy][dx] (-127..127), int32 biases B[o], int16 multipliers
   M[o] (0..32767) and one shift S (0..15).
       acc = B[o] + sum over c, dy, dx of W[o][c][dy][dx] * f[c][i + dy - r, j + dx - r]
   with r = 1 for 3x3 and r = 0 for 1x1. From the second layer on, features outside the grid
   are zero.
3. Requantisation, the same for every layer:
       t = sat16((acc + (S > 0 ? 1 << (S - 1) : 0)) >> S)
       q = (t * M[o] + 16384) >> 15
   One round-shift to 16 bits with saturation, then the Q15 rounding multiply that x86 calls
   pmulhrsw, Arm sqrdmulh and WebAssembly q15mulr_sat_s. t * M fits 31 bits and a sign.
4. Hidden layers: f'[o] = sat8(q), which is ReLU and quantisation to uint8 in one.
5. The last layer has (2s)^2 channels in sixteenths of an output step. Channel a*2s + b of
   cell (i, j) belongs to output pixel (i*2s + a, j*2s + b) (pixel shuffle), and
       y = sat8((q + skip + 8) >> 4)
   where skip is the picture itself enlarged, in the same sixteenths, computed for the pixel
   (Y, X) from the continued picture:
       "nearest":   16 * x[Y >> 1, X >> 1]
       "bilinear":  9 a + 3 b + 3 c + 1 d, where a = x[Y >> 1, X >> 1], b and c are its
                    neighbours one step up or down (Y even: up, odd: down) and one step left or
                    right (X even: left, odd: right), and d is the diagonal one.
   The output is cropped to 2H rows and 2W columns.

Why edges are so: replicating the *input* keeps the picture's border free of the dark seam that
zero padding draws, and zeroing *features* costs an engine nothing. Both depend on the whole
picture only, so bands and tiles computed with L pixels of halo agree with the whole frame.

Bounds that keep every sum in int32, checked on reading: at most 128 channels, |B| <= 2^29.
Then |acc| <= 2^29 + 9 * 128 * 255 * 127 < 2^30.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from pellucid.errors import ArtifactError, FrameError
from pellucid.video import traces
from pellucid.video.gate import Gate

Skip = Literal["nearest", "bilinear"]
Ints = npt.NDArray[np.int32]
Luma = npt.NDArray[np.uint8]

SKIPS: tuple[Skip, ...] = ("nearest", "bilinear")
MAX_CHANNELS = 128
MAX_BIAS = 2**29
TRAINED = ("weight", "bias")  # of a layer; the rest follows from them


@dataclass(frozen=True, eq=False)
class Layer:
    """One convolution with its requantisation; see the module's points 2 and 3.

    weight: int8 (O, C, k, k), k 1 or 3. bias: int32 (O,). multiplier: int16 (O,). shift: 0..15.
    Raises ArtifactError when a shape, dtype or bound is wrong.
    """

    weight: npt.NDArray[np.int8]
    bias: npt.NDArray[np.int32]
    multiplier: npt.NDArray[np.int16]
    shift: int

    def __post_init__(self) -> None:
        """Check once, so that engines can trust what they are given."""
        out = (self.weight.shape[0],)
        _expect(self.weight.dtype == np.int8 and self.weight.ndim == 4, "weight: int8 (O, C, k, k)")
        _expect(self.weight.shape[2:] in ((1, 1), (3, 3)), "weight: kernel 1x1 or 3x3")
        _expect(all(1 <= n <= MAX_CHANNELS for n in self.weight.shape[:2]), "1..128 channels")
        _expect(bool((self.weight >= -127).all()), "weight: -127..127")
        _expect(self.bias.dtype == np.int32 and self.bias.shape == out, "bias: int32 (O,)")
        _expect(bool((np.abs(self.bias.astype(np.int64)) <= MAX_BIAS).all()), "bias: below 2^29")
        _expect(
            self.multiplier.dtype == np.int16 and self.multiplier.shape == out,
            "multiplier: int16 (O,)",
        )
        _expect(bool((self.multiplier >= 0).all()), "multiplier: 0..32767")
        _expect(0 <= self.shift <= 15, "shift: 0..15")

    @property
    def inputs(self) -> int:
        """Channels read."""
        return int(self.weight.shape[1])

    @property
    def outputs(self) -> int:
        """Channels written."""
        return int(self.weight.shape[0])

    @property
    def kernel(self) -> int:
        """1 or 3."""
        return int(self.weight.shape[2])


@dataclass(frozen=True, eq=False)
class IntegerNetwork:
    """The whole program: layers in order, the input factor and the skip.

    Raises ArtifactError when the layers do not chain from s*s to (2s)^2 channels.
    """

    layers: tuple[Layer, ...]
    factor: int = 1
    skip: Skip = "nearest"

    def __post_init__(self) -> None:
        """Check that the layers fit each other, the input and the output."""
        _expect(type(self.factor) is int and self.factor in (1, 2), "factor: 1 or 2")
        _expect(self.skip in SKIPS, f"skip: one of {', '.join(SKIPS)}")
        _expect(len(self.layers) >= 1, "at least one layer")
        widths = [self.factor**2, *(layer.outputs for layer in self.layers)]
        _expect(widths[-1] == (2 * self.factor) ** 2, "last layer: (2 factor)^2 channels")
        fits = all(layer.inputs == width for layer, width in zip(self.layers, widths, strict=False))
        _expect(fits, "each layer: as many inputs as the one before has outputs")

    @property
    def networks(self) -> tuple[IntegerNetwork, ...]:
        """What a gate could choose from: itself."""
        return (self,)

    def level(self, picture: Luma) -> int:
        """Which of `networks` a picture goes through."""
        del picture
        return 0

    @property
    def parameters(self) -> int:
        """Weights and biases, counted as in training (requantisation is derived)."""
        return sum(layer.weight.size + layer.bias.size for layer in self.layers)

    @property
    def radius(self) -> int:
        """How far, in grid cells, an output cell looks: the halo that a tile needs."""
        return sum(layer.kernel // 2 for layer in self.layers)

    def macs(self, height: int, width: int) -> int:
        """Multiply-accumulates for one picture of (height, width)."""
        cells = -(-height // self.factor) * -(-width // self.factor)
        return cells * sum(layer.weight.size for layer in self.layers)


@dataclass(frozen=True, eq=False)
class GatedNetwork:
    """Several networks of one shape, and the gate that chooses one for each picture.

    They may share tensors, those that are equal; only different ones count as parameters.
    Raises ArtifactError when they differ in shape, or are not as many as the gate's levels.
    """

    gate: Gate
    networks: tuple[IntegerNetwork, ...]

    def __post_init__(self) -> None:
        """Check that one engine's work space serves them all."""
        _expect(len(self.networks) == self.gate.levels, "gate: a network for each level")
        _expect(len({_shape(network) for network in self.networks}) == 1, "gate: equal shapes")

    @property
    def parameters(self) -> int:
        """Everything that was trained: the gate's own numbers, weights and biases."""
        chains = zip(*(network.layers for network in self.networks), strict=True)
        tensors = [[getattr(la, name) for la in same] for same in chains for name in TRAINED]
        different = [{tensor.tobytes(): tensor.size for tensor in same} for same in tensors]
        return self.gate.parameters + sum(sum(sizes.values()) for sizes in different)

    @property
    def radius(self) -> int:
        """As an IntegerNetwork's; the same for all."""
        return self.networks[0].radius

    def macs(self, height: int, width: int) -> int:
        """As an IntegerNetwork's: a picture goes through one of them."""
        return self.networks[0].macs(height, width)

    def level(self, picture: Luma) -> int:
        """Which of `networks` a picture goes through: uint8 (H, W)."""
        return self.gate.level(traces.traces_of(picture))


Network = IntegerNetwork | GatedNetwork


def reference(network: Network, picture: Luma) -> Luma:
    """Enlarge luma x2, one formula of this page a line: slow, and the law for every engine.

    picture: uint8 (H, W), H and W at least 1. Returns uint8 (2H, 2W).
    """
    if picture.ndim != 2 or picture.dtype != np.uint8 or 0 in picture.shape:
        raise FrameError(f"picture: expected uint8 (H, W), got {picture.dtype} {picture.shape}")
    if isinstance(network, GatedNetwork):
        told = traces.features(traces.reference_counts(picture))
        network = network.networks[network.gate.level(told)]
    first, *rest = network.layers
    features = _accumulate(first, _input_features(picture, network.factor, first.kernel // 2))
    for before, layer in zip(network.layers, rest, strict=False):
        hidden = np.clip(requantise(features, before), 0, 255)  # point 4
        margin = layer.kernel // 2
        features = _accumulate(layer, np.pad(hidden, ((0, 0), (margin,) * 2, (margin,) * 2)))
    last = requantise(features, network.layers[-1])
    height, width = picture.shape
    residual = _shuffle(last, 2 * network.factor)[: 2 * height, : 2 * width]
    enlarged = SKIP_FUNCTIONS[network.skip](picture)
    return np.clip((residual + enlarged + 8) >> 4, 0, 255).astype(np.uint8)  # point 5


def requantise(acc: Ints, layer: Layer) -> Ints:
    """Point 3: int32 sums (O, h, w) to int32 values within int16."""
    rounding = 1 << (layer.shift - 1) if layer.shift else 0
    t = np.clip((acc + np.int32(rounding)) >> layer.shift, -32768, 32767)
    multiplier = layer.multiplier.astype(np.int32)[:, None, None]
    return (t * multiplier + np.int32(16384)) >> 15


def nearest_skip(picture: Luma) -> Ints:
    """The picture enlarged x2 by repetition, in sixteenths."""
    return picture.astype(np.int32).repeat(2, axis=0).repeat(2, axis=1) * 16


def bilinear_skip(picture: Luma) -> Ints:
    """The picture enlarged x2 by the 9-3-3-1 filter, in sixteenths."""
    return _three_to_one(_three_to_one(picture.astype(np.int32)).T).T


SKIP_FUNCTIONS = {"nearest": nearest_skip, "bilinear": bilinear_skip}


def _input_features(picture: Luma, factor: int, margin: int) -> Ints:
    """Point 1: (s*s, h + 2 margin, w + 2 margin) of the continued picture."""
    height, width = picture.shape
    before = margin * factor
    rows, columns = (before + -size % factor for size in (height, width))
    continued = np.pad(picture, ((before, rows), (before, columns)), mode="edge").astype(np.int32)
    return np.stack([continued[a::factor, b::factor] for a in range(factor) for b in range(factor)])


def _accumulate(layer: Layer, padded: Ints) -> Ints:
    """Point 2: (C, h + 2r, w + 2r) int32 to (O, h, w) int32."""
    kernel = layer.kernel
    height, width = padded.shape[1] - kernel + 1, padded.shape[2] - kernel + 1
    acc = np.broadcast_to(layer.bias[:, None, None], (layer.outputs, height, width)).copy()
    for dy in range(kernel):
        for dx in range(kernel):
            window = padded[:, dy : dy + height, dx : dx + width]
            acc += np.tensordot(layer.weight[:, :, dy, dx].astype(np.int32), window, axes=1)
    return acc


def _shuffle(features: Ints, block: int) -> Ints:
    """Pixel shuffle: (block*block, h, w) to (h*block, w*block)."""
    _, height, width = features.shape
    cells = features.reshape(block, block, height, width).transpose(2, 0, 3, 1)
    return cells.reshape(height * block, width * block)


def _three_to_one(rows: Ints) -> Ints:
    """Double the rows: each new one is 3 parts its own row and 1 part the nearer neighbour."""
    above = np.concatenate([rows[:1], rows[:-1]])
    below = np.concatenate([rows[1:], rows[-1:]])
    return np.stack([3 * rows + above, 3 * rows + below], axis=1).reshape(-1, rows.shape[1])


def _shape(network: IntegerNetwork) -> tuple[object, ...]:
    layers = tuple(layer.weight.shape for layer in network.layers)
    return layers, network.factor, network.skip


def _expect(condition: bool, what: str) -> None:
    if not condition:
        raise ArtifactError(f"integer network: expected {what}")
