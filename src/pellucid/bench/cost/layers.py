"""The cost of a network, layer by layer, and the one definition of each number.

- *parameters*: numbers that a layer holds; of an ONNX model also those that were never trained.
- *MACs*: multiply-accumulates, one for each use of a weight; a bias and an activation are none.
- *others*: a bias added to an output is one, an activation of an output is one. What skips and
  shuffles cost is left out.
- *bytes*: of what a layer reads (its input and its weights) and writes (its output), each once;
  biases, batch norms and activations ride on the layer before them and move nothing.

An operation is a MAC counted as two, or one of the others. What is called GFLOPs in papers is often
GMACs, sometimes with the others added: `worked` is that sum.
"""

from __future__ import annotations

from dataclasses import dataclass

from pellucid.video.integer import IntegerNetwork, Network

INTEGER, FLOAT = 1, 4  # bytes a number


@dataclass(frozen=True)
class LayerCost:
    """One layer. read, written: numbers, without the weights; see the module for the others."""

    name: str
    parameters: int
    macs: int
    others: int
    read: int
    written: int


@dataclass(frozen=True)
class Cost:
    """A network on an input that `shape` tells, such as "480x360". width: bytes of a number."""

    name: str
    shape: str
    width: int
    layers: tuple[LayerCost, ...]

    @property
    def parameters(self) -> int:
        """Of all layers."""
        return sum(layer.parameters for layer in self.layers)

    @property
    def macs(self) -> int:
        """Of all layers."""
        return sum(layer.macs for layer in self.layers)

    @property
    def worked(self) -> int:
        """MACs and others, as one number."""
        return self.macs + sum(layer.others for layer in self.layers)

    @property
    def weight_bytes(self) -> int:
        """Of the weights, uncompressed."""
        return self.width * self.parameters

    @property
    def traffic(self) -> int:
        """Bytes, when every layer reads from memory and writes to it."""
        return sum(self.traffic_of(layer) for layer in self.layers)

    @property
    def fused(self) -> int:
        """Bytes, when all that lies between stays in the cache: the ends and the weights."""
        moving = [layer for layer in self.layers if layer.written]
        ends = moving[0].read + moving[-1].written
        return self.width * (ends + self.parameters)

    @property
    def intensity(self) -> float:
        """Operations a byte, layer by layer."""
        return sum(map(operations, self.layers)) / self.traffic

    def traffic_of(self, layer: LayerCost) -> int:
        """Bytes that one layer moves."""
        return self.width * (layer.read + layer.parameters + layer.written)


def operations(layer: LayerCost) -> int:
    """A MAC is two."""
    return 2 * layer.macs + layer.others


def cost_of_integer(name: str, network: Network, height: int, width: int) -> Cost:
    """Of a video network, for the luma of one picture."""
    one = network.networks[0]
    rows, columns = -(-height // one.factor), -(-width // one.factor)
    layers = [_layer(one, number, rows * columns) for number in range(len(one.layers))]
    gate = LayerCost("gate", network.parameters - sum(la.parameters for la in layers), 0, 0, 0, 0)
    chosen = [gate, *layers] if gate.parameters else layers
    return Cost(name, f"{width}x{height}", INTEGER, tuple(chosen))


def _layer(network: IntegerNetwork, number: int, cells: int) -> LayerCost:
    layer = network.layers[number]
    last = number + 1 == len(network.layers)
    made = cells * layer.outputs
    return LayerCost(
        name=f"{layer.kernel}x{layer.kernel}, {layer.inputs} to {layer.outputs}",
        parameters=layer.weight.size + layer.bias.size,
        macs=cells * layer.weight.size,
        others=made if last else 2 * made,
        read=cells * layer.inputs,
        written=made,
    )
