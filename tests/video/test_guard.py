"""The guard keeps frames within their time, by told times; and so does an Upscaler with one."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from pellucid.errors import FrameError
from pellucid.frames import VideoFrame
from pellucid.video import chroma
from pellucid.video.guard import Guard
from pellucid.video.upscale import Upscaler
from video.networks import noise

PIXELS = 480 * 360


def play(guard: Guard, costs: tuple[float, ...], frames: int) -> list[int]:
    """The ways of so many frames when each way takes its cost."""
    chosen = []
    for _ in range(frames):
        way = guard.choose(PIXELS)
        guard.took(way, PIXELS, costs[way])
        chosen.append(way)
    return chosen


def test_a_fast_machine_stays_with_the_best() -> None:
    guard = Guard(10, 3)
    assert set(play(guard, (8, 3, 1), 100)) == {0}
    assert guard.late == 0
    assert guard.reasons == {"ok": 100}


def test_one_slow_frame_is_enough_to_step_back() -> None:
    guard = Guard(10, 3)
    assert play(guard, (14, 3, 1), 20) == [0] + [1] * 19
    assert (guard.late, guard.reason) == (1, "over_budget")


def test_it_goes_down_to_the_last_way_and_no_further() -> None:
    guard = Guard(10, 3)
    assert play(guard, (50, 40, 30), 10)[:3] == [0, 1, 2]
    assert guard.choose(PIXELS) == 2


def test_it_recovers_by_itself() -> None:
    guard = Guard(10, 3)
    play(guard, (30, 3, 1), 30)
    assert play(guard, (8, 3, 1), 150)[-1] == 0


def test_trying_again_in_vain_costs_few_late_frames() -> None:
    guard = Guard(10, 3)
    play(guard, (20, 3, 1), 1000)
    assert guard.late <= 1000 / 50


def test_a_larger_picture_is_expected_to_take_longer() -> None:
    guard = Guard(10, 2)
    play(guard, (8, 1), 5)
    assert guard.choose(4 * PIXELS) == 1
    assert guard.choose(PIXELS) == 0


class Clock:
    """Each look at it takes as long as it is told."""

    def __init__(self) -> None:
        self.now, self.step = 0.0, 0.0

    def __call__(self) -> float:
        self.now += self.step
        return self.now


def frames(count: int) -> list[VideoFrame]:
    base = Fraction(1, 30)
    return [VideoFrame(noise(36, 48, i), None, None, i, base) for i in range(count)]


def test_an_upscaler_falls_back_and_tells_why() -> None:
    clock = Clock()
    upscaler = Upscaler(budget_ms=5, clock=clock)
    first, second, third, fourth = frames(4)
    clock.step = 0.004
    upscaler.push(first)
    assert upscaler.stats.ways == {"standard": 1}
    clock.step = 0.1
    upscaler.push(second)
    upscaler.push(third)
    (plain,) = upscaler.push(fourth)
    assert upscaler.stats.ways == {"standard": 2, "lite": 1, "bicubic": 1}
    assert upscaler.stats.late == 3
    assert upscaler.stats.reasons == {"ok": 2, "over_budget": 2}
    expected = chroma.reference(fourth.y, "centered", "centered")
    np.testing.assert_array_equal(plain.y, expected)
    assert (plain.pts, plain.time_base) == (fourth.pts, fourth.time_base)


@pytest.mark.parametrize("budget", [0, -1, float("nan"), True, "20"])
def test_no_budget_at_all_is_refused(budget: float) -> None:
    with pytest.raises(FrameError, match="budget_ms"):
        Upscaler(budget_ms=budget)
