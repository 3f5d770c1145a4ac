"""Devices by what their makers promise, and the roofline: what a network could take at best there.

A promise is reached by no one: times are lower bounds, to compare networks and devices by, and to
see which of the two roofs a network meets first. Source of the roofline: Williams, Waterman and
Patterson 2009.
"""

from __future__ import annotations

from dataclasses import dataclass

from pellucid.bench.cost.layers import Cost, LayerCost, operations


@dataclass(frozen=True)
class Device:
    """peak: operations a second. bandwidth: bytes a second of main memory. source: of both."""

    name: str
    peak: float
    bandwidth: float
    source: str


DEVICES = {
    device.name: device
    for device in (
        Device(
            "a12-npu", 5e12, 34.1e9,
            "Apple's Neural Engine of 2018, 5 trillion operations a second (Apple, iPhone XS); "
            "LPDDR4X-4266, 64 bits",
        ),
        Device(
            "a15-npu", 15.8e12, 34.1e9,
            "Apple's Neural Engine of 2021, 15.8 trillion operations a second (Apple, iPhone 13); "
            "LPDDR4X-4266, 64 bits",
        ),
        Device(
            "a15-gpu", 1.713e12, 34.1e9,
            "five cores at 1.34 GHz, 32 bits floating (askgeek.io, Apple A15 Bionic)",
        ),
        Device(
            "snapdragon-888-npu", 26e12, 51.2e9,
            "Hexagon 780 with its helpers, 2020, 26 trillion operations a second (Qualcomm); "
            "LPDDR5-6400, 64 bits",
        ),
        Device(
            "snapdragon-768g-gpu", 0.72e12, 17e9,
            "Adreno 620 of 2020, a phone of the middle, 32 bits floating (nanoreview.net)",
        ),
        Device(
            "edge-tpu", 4e12, 0.3e9,
            "Coral's USB accelerator, 8 bits: 4 trillion operations a second (Google), and about "
            "300 MB/s of what USB 3 carries",
        ),
    )
}  # fmt: skip


def at_best(cost: Cost, device: Device) -> float:
    """Seconds, every layer through main memory: each takes as long as the lower of its roofs."""
    return sum(_layer(cost, layer, device) for layer in cost.layers)


def fused_at_best(cost: Cost, device: Device) -> float:
    """Seconds, when what lies between the layers never leaves the device's cache."""
    compute = sum(map(operations, cost.layers)) / device.peak
    return max(compute, cost.fused / device.bandwidth)


def _layer(cost: Cost, layer: LayerCost, device: Device) -> float:
    return max(operations(layer) / device.peak, cost.traffic_of(layer) / device.bandwidth)
