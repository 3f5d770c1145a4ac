"""What a jitter buffer must know of an RTP packet, and numbers that wrap.

Source: RFC 3550, section 5.1 and appendix A.1; levels: RFC 6464; Opus' durations: RFC 6716, 3.1.
"""

from __future__ import annotations

from dataclasses import dataclass

from pellucid.errors import FrameError

CLOCK_RATE = 48_000  # Hz of Opus' timestamps, whatever the sound (RFC 7587)
SEQUENCE_BITS, TIMESTAMP_BITS = 16, 32
LONGEST = 120 * CLOCK_RATE // 1000  # of an Opus packet, in samples
# Samples of a frame, by the low two bits of the configuration: SILK, hybrid, CELT.
SILK, HYBRID, CELT = (480, 960, 1920, 2880), (480, 960, 480, 960), (120, 240, 480, 960)


@dataclass(frozen=True, slots=True)
class Packet:
    """One packet of sound.

    sequence: 0 to 2**16 - 1. timestamp: of its first sample, 0 to 2**32 - 1, in units of
    1/48000 s. duration: its samples. ssrc: whose it is. level_db: how loud, 0 (full scale) down to
    -127, None where the sender does not say. Raises FrameError when a number is out of range.
    """

    sequence: int
    timestamp: int
    duration: int = 960
    ssrc: int = 0
    payload: bytes = b""
    level_db: float | None = None

    def __post_init__(self) -> None:
        """Check the ranges once."""
        for name, value, low, high in (
            ("sequence", self.sequence, 0, 2**SEQUENCE_BITS - 1),
            ("timestamp", self.timestamp, 0, 2**TIMESTAMP_BITS - 1),
            ("duration", self.duration, 1, LONGEST),
        ):
            if not low <= value <= high:
                raise FrameError(f"{name}: expected {low} to {high}, got {value}")


def distance(later: int, earlier: int, bits: int) -> int:
    """From one number to another, the short way round, where both wrap after `bits` bits."""
    half = 1 << (bits - 1)
    return (later - earlier + half) % (1 << bits) - half


def opus_duration(payload: bytes) -> int:
    """Samples at 48 kHz that an Opus packet holds; 0 for what is no Opus packet."""
    if not payload:
        return 0
    configuration, code = payload[0] >> 3, payload[0] & 3
    sizes = SILK if configuration < 12 else HYBRID if configuration < 16 else CELT
    frames = (1, 2, 2, payload[1] & 63 if len(payload) > 1 else 0)[code]
    duration = frames * sizes[configuration & 3]
    return duration if duration <= LONGEST else 0
