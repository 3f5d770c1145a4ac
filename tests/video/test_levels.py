"""How a stream's pictures get their levels: by what the latest ones were like."""

from __future__ import annotations

import numpy as np

from pellucid.frames import Plane
from pellucid.video.integer import GatedNetwork, IntegerNetwork
from pellucid.video.levels import Levels
from pellucid.video.traces import features, reference_counts
from video.networks import noise, one_layer
from video.test_gate import brighter_when_flat

FLAT, ROUGH = np.full((20, 20), 9, np.uint8), noise(20, 20)
HALF = np.concatenate([ROUGH[:13], FLAT[13:]])


def levels(network: GatedNetwork | IntegerNetwork, pictures: list[Plane]) -> list[int]:
    stream = Levels(network)
    return [stream.of(picture) for picture in pictures]


def test_the_first_picture_is_judged_alone() -> None:
    network = brighter_when_flat()
    for picture in (FLAT, ROUGH):
        assert levels(network, [picture]) == [network.level(picture)]


def test_one_odd_picture_does_not_change_the_level() -> None:
    network = brighter_when_flat()
    assert network.level(HALF) == 0
    assert levels(network, [FLAT, FLAT, FLAT, HALF, FLAT]) == [1, 1, 1, 1, 1]


def test_a_new_scene_does_before_long() -> None:
    assert levels(brighter_when_flat(), [FLAT] * 3 + [ROUGH] * 12)[-1] == 0


def test_the_mean_is_as_the_format_says() -> None:
    network = brighter_when_flat()
    stream, mean = Levels(network), list[int]()
    for seed in range(6):
        picture = (noise(16, 16, seed) % (1 + 2 * seed)).astype(np.uint8)
        seen = [16 * int(f) for f in features_of(picture)]
        mean = [m + (s - m) // 4 for m, s in zip(mean, seen, strict=True)] if mean else seen
        judged = np.array([(m + 8) // 16 for m in mean], np.int32)
        assert stream.of(picture) == network.gate.level(judged)


def test_a_network_without_a_gate_has_one_level() -> None:
    assert levels(IntegerNetwork((one_layer(),)), [FLAT, ROUGH]) == [0, 0]


def features_of(picture: Plane) -> list[int]:
    return features(reference_counts(picture)).tolist()
