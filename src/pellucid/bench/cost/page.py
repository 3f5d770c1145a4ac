"""The cost of networks as a page: a line a network, or a line a layer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pellucid.bench.cost.devices import Device, at_best, fused_at_best
from pellucid.bench.cost.layers import Cost, LayerCost
from pellucid.bench.table import table

TEXT = """One MAC is one use of a weight; *with the rest* adds one for each bias and each activation
that an output gets, which is what some papers call FLOPs. Weights in the numbers that they are kept
in: 8 bits in Pellucid's networks of pictures, 32 elsewhere; a voice network's hold the fixed
matrices of its bands as well. Moved: bytes between memory and
processor when every layer reads its input and weights and writes its output; *fused*, when only the
ends and the weights move. Intensity: operations a byte moved, a MAC being two."""
DEVICE_TEXT = """Milliseconds that the device's promises allow at best (the roofline), layer by
layer through main memory, and fused; no device keeps its promises."""
HERE_TEXT = """*ms here*: one picture on one thread, ours by the integer engine, the best of some;
the networks of talks once, untrained, 32 bits in torch; srgan and esrgan enlarge colour by four,
not luma by two."""
HERE = "ms here"
MS = 1e3


def summary(costs: Sequence[Cost], here: Mapping[str, float]) -> str:
    """A line a network. here: seconds that were measured on this machine, by name."""
    head = ["", "for", "parameters", "MACs", "with the rest", "weights", "moved", "fused"]
    head += ["intensity", *([HERE] if here else [])]
    rows = [_summed(cost) + ([_ms(here.get(cost.name))] if here else []) for cost in costs]
    return table(head, rows)


def by_layer(cost: Cost) -> str:
    """A line a layer, and their sum."""
    head = ["layer", "parameters", "MACs", "with the rest", "moved", "share of the MACs"]
    rows = [_layer(cost, layer) for layer in cost.layers]
    whole = [f"{cost.parameters:,}", _count(cost.macs), _count(cost.worked), _bytes(cost.traffic)]
    return table(head, [*rows, ["**all**", *whole, "100 %"]])


def roofs(costs: Sequence[Cost], devices: Sequence[Device]) -> str:
    """A line a network, a column a device: ms layer by layer / fused."""
    rows = [
        [cost.name, *(f"{_ms(at_best(cost, d))} / {_ms(fused_at_best(cost, d))}" for d in devices)]
        for cost in costs
    ]
    sources = [
        f"- {d.name}: {d.peak / 1e12:g} TOP/s, {d.bandwidth / 1e9:g} GB/s; {d.source}."
        for d in devices
    ]
    return "\n\n".join(
        [DEVICE_TEXT, table(["", *(d.name for d in devices)], rows), *["\n".join(sources)]]
    )


def as_dict(cost: Cost) -> dict[str, Any]:
    """As JSON takes it."""
    names = ("name", "shape", "parameters", "macs", "worked", "weight_bytes", "traffic", "fused")
    layers = [{**vars(layer), "bytes": cost.traffic_of(layer)} for layer in cost.layers]
    return {name: getattr(cost, name) for name in names} | {"layers": layers}


def _summed(cost: Cost) -> list[str]:
    told = [cost.name, cost.shape, f"{cost.parameters:,}", _count(cost.macs), _count(cost.worked)]
    sizes = [_bytes(size) for size in (cost.weight_bytes, cost.traffic, cost.fused)]
    return [*told, *sizes, f"{cost.intensity:.1f}"]


def _layer(cost: Cost, layer: LayerCost) -> list[str]:
    worked, moved = _count(layer.macs + layer.others), _bytes(cost.traffic_of(layer))
    share = f"{100 * layer.macs / max(cost.macs, 1):.1f} %"
    return [layer.name, f"{layer.parameters:,}", _count(layer.macs), worked, moved, share]


def _count(number: int) -> str:
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if number >= size:
            return (
                f"{number / size:,.4g} {letter}"
                if number < 1e12
                else f"{number / size:,.0f} {letter}"
            )
    return str(number)


def _bytes(number: float) -> str:
    for size, letter in ((2**30, "GiB"), (2**20, "MiB"), (2**10, "KiB")):
        if number >= size:
            return f"{number / size:.2f} {letter}"
    return f"{number:.0f} B"


def _ms(seconds: float | None) -> str:
    return (
        "" if seconds is None else f"{MS * seconds:.3g}" if seconds < 1 else f"{MS * seconds:,.0f}"
    )
