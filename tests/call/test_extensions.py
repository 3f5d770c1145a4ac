"""What a browser offers beyond aiortc is taken, and stands in the packets."""

from __future__ import annotations

import pytest
from aiortc.rtcrtpparameters import RTCRtpHeaderExtensionParameters, RTCRtpParameters
from aiortc.rtp import HeaderExtensionsMap, RtpPacket, unpack_header_extensions

from pellucid.call.extensions import NUMBER, PLAYOUT, Known, Marking, answered, offered

START = "v=0\r\ns=-\r\n"
SOUND = f"m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=extmap:3 {NUMBER}\r\na=sendrecv\r\n"


def video(direction: str, number: int = 3, playout: int = 5) -> str:
    return (
        f"m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=extmap:1/sendonly urn:other\r\n"
        f"a=extmap:{number} {NUMBER}\r\na=extmap:{playout} {PLAYOUT}\r\n"
        f"a={direction}\r\na=mid:1\r\n"
    )


@pytest.mark.parametrize(
    ("sdp", "known"),
    [
        (START, Known()),
        (START + SOUND, Known()),
        (START + SOUND + video("sendonly"), Known()),
        (START + SOUND + video("sendrecv"), Known(None, 5)),
        (START + SOUND + video("recvonly"), Known(3, 5)),
        (START + video("sendonly", 1, 2) + video("recvonly", 7, 8), Known(7, 8)),
        (START + video("recvonly", 15, 5), Known(None, 5)),
    ],
)
def test_the_video_that_comes_back_counts(sdp: str, known: Known) -> None:
    assert offered(sdp) == known


def test_an_answer_takes_them_where_it_sends() -> None:
    plain = "m=video 9 UDP/TLS/RTP/SAVPF 96\r\na={}\r\n"
    parts = [START, plain.format("recvonly"), plain.format("sendonly")]
    made = answered("".join(parts), Known(7, 8))
    assert made == "".join(parts) + f"a=extmap:7 {NUMBER}\r\na=extmap:8 {PLAYOUT}\r\n"
    assert answered("".join(parts), Known()) == "".join(parts)


def test_packets_carry_them_beside_what_they_carry_anyway() -> None:
    numbers = iter([65_535, 0])
    own = HeaderExtensionsMap()
    own.configure(parameters(("urn:ietf:params:rtp-hdrext:sdes:mid", 4)))
    marking = Marking(own, Known(3, 5), lambda: next(numbers), lambda: (10, 80))
    own.configure(parameters((NUMBER, 3)))
    for number in (65_535, 0):
        packet = RtpPacket(payload_type=96, sequence_number=7, timestamp=9)
        packet.extensions.mid, packet.payload = "1", b"x"
        data = packet.serialize(marking)
        read = RtpPacket.parse(data, own).extensions
        assert (read.mid, read.transport_sequence_number) == ("1", number)
        known = dict(unpack_header_extensions(0xBEDE, data[16:-1]))
        assert known[5] == bytes([0, 1 << 4, 8])  # twelve bits each, in steps of 10 ms


def parameters(*pairs: tuple[str, int]) -> RTCRtpParameters:
    made = [RTCRtpHeaderExtensionParameters(id=number, uri=uri) for uri, number in pairs]
    return RTCRtpParameters(headerExtensions=made)
