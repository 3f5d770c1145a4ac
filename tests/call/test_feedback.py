"""Transport-wide feedback is read as its draft lays it out, and matched with what was sent."""

from __future__ import annotations

from struct import pack

from hypothesis import given
from hypothesis import strategies as st

from pellucid.call.estimate import FIRST
from pellucid.call.feedback import Sent, arrivals

REFERENCE = 1000  # units of 64 ms: 64 s
SEVEN = 1 << 13 | 7  # came, with one byte each


def feedback(base: int, count: int, chunks: list[int], deltas: bytes) -> bytes:
    """One RTCP packet, padded with zeros."""
    body = pack("!LLHH", 1, 2, base, count) + REFERENCE.to_bytes(3, "big") + b"\x07"
    body += b"".join(pack("!H", chunk) for chunk in chunks) + deltas
    body += bytes(-len(body) % 4)
    return pack("!BBH", 0x80 | 15, 205, len(body) // 4) + body


def test_a_run_of_one_kind() -> None:
    told = list(arrivals(feedback(65_534, 3, [1 << 13 | 3], bytes([4, 8, 0]))))
    assert told == [(65_534, 64.001), (65_535, 64.003), (0, 64.003)]


def test_one_bit_each_and_two_bits_each() -> None:
    one = 0b10_01000000000010  # the second and the thirteenth of fourteen came
    two = 0b11_00_01_10_00_00_00_00  # of seven, the second with one byte and the third with two
    deltas = bytes([4, 4, 4]) + pack("!h", -2)
    told = list(arrivals(feedback(10, 21, [one, two], deltas)))
    assert told == [(11, 64.001), (22, 64.002), (25, 64.003), (26, 64.0025)]


def test_others_kinds_of_rtcp_tell_nothing_and_are_skipped() -> None:
    report = pack("!BBH", 0x81, 201, 7) + bytes(28)
    nack = pack("!BBH", 0x81, 205, 3) + bytes(12)
    assert list(arrivals(report + nack)) == []
    assert list(arrivals(report + feedback(5, 1, [1 << 13 | 1], b"\x00") + nack)) == [(5, 64.0)]


@given(st.binary(max_size=200))
def test_nonsense_is_left_out(data: bytes) -> None:
    made = bytes([0x8F, 205]) + data
    assert all(0 <= number < 2**16 for number, _ in arrivals(made))


@given(st.integers(0, 60))
def test_what_is_cut_off_is_left_out(end: int) -> None:
    whole = feedback(0, 20, [1 << 13 | 20], bytes(20))
    assert len(list(arrivals(whole[:end]))) in (0, 20)


def test_an_estimate_is_made_of_both() -> None:
    """A packet of 1000 bytes each 10 ms, told of in sevens; then they wait longer and longer."""
    told: list[float] = []
    sent = Sent(told.append)
    for number in range(1001):
        assert sent.number() == number
        sent.leaves(1000, now=number / 100)
        sent.leaves(50, now=number / 100)  # another sender's
        if number % 7 == 6:
            queued = max(0, number - 700)
            sent.hear(evenly(number - 6, arrived=(number - 6) / 100 + queued / 200, every=0.01))
    assert sent.came == 1001
    assert max(told) > FIRST
    assert told[-1] < 800_000


def evenly(base: int, arrived: float, every: float) -> bytes:
    """Seven packets came, so many seconds apart."""
    parts, ticks = divmod(round(arrived / 0.00025), 256)
    packet = bytearray(feedback(base, 7, [SEVEN], bytes([ticks] + [round(every / 0.00025)] * 6)))
    packet[16:19] = parts.to_bytes(3, "big")
    return bytes(packet)


def test_feedback_about_nobody_tells_nothing() -> None:
    told: list[float] = []
    Sent(told.append).hear(feedback(0, 5, [1 << 13 | 5], bytes(5)))
    assert told == []
