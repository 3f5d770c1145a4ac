"""Which encoder writes the video, and how: codecs, quality and presets, checked by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pellucid.errors import MediaError

Options = dict[str, str]


@dataclass(frozen=True, slots=True)
class Encoder:
    """One FFmpeg encoder.

    crf: quality unless asked otherwise (lower is better), None for a lossless codec. presets:
    name -> options. options: what is always set.
    """

    name: str
    crf: float | None
    crf_max: float
    preset: str | None
    presets: Mapping[str, Options]
    options: Mapping[str, str] = field(default_factory=dict)


X264_PRESETS = {
    name: {"preset": name}
    for name in (
        "ultrafast",
        "superfast",
        "veryfast",
        "faster",
        "fast",
        "medium",
        "slow",
        "slower",
        "veryslow",
    )
}
VP9_PRESETS = {
    "realtime": {"deadline": "realtime", "cpu-used": "7"},
    "good": {"deadline": "good", "cpu-used": "3"},
    "best": {"deadline": "best", "cpu-used": "0"},
}
SVT_PRESETS = {str(speed): {"preset": str(speed)} for speed in range(14)}

# Each default quality is meant to hide no detail that was just restored.
ENCODERS = {
    "h264": Encoder("libx264", 18, 51, "veryfast", X264_PRESETS),
    "hevc": Encoder(
        "libx265", 20, 51, "veryfast", X264_PRESETS, {"x265-params": "log-level=error"}
    ),
    "vp9": Encoder("libvpx-vp9", 22, 63, "realtime", VP9_PRESETS, {"row-mt": "1"}),
    "av1": Encoder("libsvtav1", 24, 63, "8", SVT_PRESETS),
    # slicecrc lets a reader notice damage; level 3 is what archives use.
    "ffv1": Encoder("ffv1", None, 0, None, {}, {"level": "3", "slicecrc": "1"}),
}

DEFAULT_CODECS = {".webm": "vp9"}

# Containers known to keep every time stamp and tag, with the muxer that writes them.
MUXERS = {".mp4": "mp4", ".m4v": "mp4", ".mov": "mov", ".mkv": "matroska", ".webm": "webm"}


@dataclass(frozen=True, slots=True)
class Encoding:
    """How to encode the video; None means a sensible default for codec and container.

    codec: a name of ENCODERS or of the FFmpeg encoder behind it. crf: constant quality, lower is
    better. preset: speed against size. Raises MediaError for names and values that do not exist.
    """

    codec: str | None = None
    crf: float | None = None
    preset: str | None = None

    def __post_init__(self) -> None:
        """Check the names against each other as far as the codec is known."""
        if self.codec is not None:
            self._check(find_encoder(self.codec))

    def encoder_for(self, suffix: str) -> Encoder:
        """Pick the encoder for a container suffix such as ".mp4"."""
        encoder = find_encoder(self.codec or DEFAULT_CODECS.get(suffix.lower(), "h264"))
        self._check(encoder)
        return encoder

    def options(self, encoder: Encoder) -> Options:
        """Return the FFmpeg options that carry out this encoding."""
        preset = self.preset or encoder.preset
        crf = encoder.crf if self.crf is None else self.crf
        return {
            **encoder.options,
            **({} if preset is None else encoder.presets[preset]),
            **({} if crf is None else {"crf": f"{crf:g}"}),
        }

    def _check(self, encoder: Encoder) -> None:
        if self.preset is not None and self.preset not in encoder.presets:
            choices = ", ".join(encoder.presets) or "none"
            raise MediaError(
                f"preset: expected one of {choices} for {encoder.name}, got {self.preset!r}"
            )
        if self.crf is None:
            return
        if encoder.crf is None:
            raise MediaError(f"crf: {encoder.name} is lossless and takes none, got {self.crf:g}")
        if not 0 <= self.crf <= encoder.crf_max:
            raise MediaError(
                f"crf: expected 0 to {encoder.crf_max:g} for {encoder.name}, got {self.crf:g}"
            )


def find_encoder(codec: str) -> Encoder:
    """Look an encoder up by codec or encoder name. Raises MediaError listing the choices."""
    for name, encoder in ENCODERS.items():
        if codec in (name, encoder.name):
            return encoder
    raise MediaError(f"codec: expected one of {', '.join(ENCODERS)}, got {codec!r}")
