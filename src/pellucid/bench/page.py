"""The page of results: one section of Markdown a protocol, every table from measured numbers."""

from __future__ import annotations

from collections.abc import Iterable

from pellucid.bench import degradations
from pellucid.bench.call_result import ANCHOR, DIRECT, CallResult, Metric
from pellucid.bench.robust import PICTURES
from pellucid.bench.robust_result import TOLERANCE, RobustResult
from pellucid.bench.stills import StillsResult
from pellucid.bench.table import table
from pellucid.video import halve

CALL_TEXT = """Half size (area) → {codec} as in a call, {rates} kbit/s, {fps} frames a second
→ decoded → enlarged x2 → compared with the original. The first {frames} frames of each of
{clips} clips; means over clips and rates. BD-rate: how many more bits for the same quality than
*half size + bicubic*; negative is better. Flicker: grey levels a frame where the original stands
still. *{direct}* codes the original at the same target rates, nothing enlarged."""

STILLS_TEXT = """Halved by MATLAB-style bicubic in R'G'B', 8 bits, enlarged x2; luma of BT.601,
2 pixels of border cut off; PSNR in dB / SSIM, means over the pictures."""

ROBUST_TEXT = """Luma of the stills ({pictures}; a folder's are taken evenly in the order of their
names, at most {most}), halved by {kernels};
or by area, then with camera noise of {noises} grey levels (σ), or coded as JPEG of quality
{jpeg}, as an x264 keyframe of CRF {x264}, as a VP8 keyframe of quantiser {vp8}.
Enlarged x2; PSNR, 2 pixels of border cut off, means over the pictures: in dB for *{anchor}*, for
the others the gain over it on the same received pictures."""

COLUMNS: tuple[tuple[str, Metric | str, str], ...] = (
    ("VMAF-NEG", "vmaf_neg", "{:.2f}"),
    ("PSNR-Y", "psnr", "{:.2f}"),
    ("SSIM", "ssim", "{:.4f}"),
    ("flicker", "flicker", "{:.3f}"),
    ("BD VMAF-NEG", "bd_vmaf_neg", "{:+.1f} %"),
    ("BD PSNR", "bd_psnr", "{:+.1f} %"),
    ("kbit/s", "kilobits", "{:.0f}"),
)


def call_section(result: CallResult, figure: str = "") -> str:
    """The calls through one codec: all clips, then clip by clip. figure: Markdown to show."""
    protocol = result.protocol
    text = CALL_TEXT.format(
        codec=protocol.codec,
        rates=", ".join(str(rate) for rate in protocol.kilobits),
        fps=protocol.fps,
        frames=protocol.frames,
        clips=len(result.clips),
        direct=DIRECT,
    )
    whole = _call_table(result)
    clips = [f"### {clip}\n\n{_call_table(result.of([clip]))}" for clip in result.clips]
    parts = [f"## Calls, {protocol.codec}\n\n{text}", whole, figure, *clips]
    return "\n\n".join(part for part in parts if part)


def stills_section(result: StillsResult) -> str:
    """The clean stills: a row a method, a column a folder."""
    rows = [
        [method, *(f"{s['psnr']:.2f} / {s['ssim']:.4f}" for s in folders.values())]
        for method, folders in result.summary().items()
    ]
    return f"## Stills\n\n{STILLS_TEXT}\n\n{table(['', *result.folders], rows)}"


def robust_section(result: RobustResult) -> str:
    """The degraded stills: worst, mean, then a row a degradation; and who falls below bicubic."""
    pictures = ", ".join(f"{count} of {folder}" for folder, count in result.pictures.items())
    text = ROBUST_TEXT.format(pictures=pictures, most=PICTURES, anchor=ANCHOR, **_told())
    others = [method for method in result.methods if method != ANCHOR]
    gains = {method: result.gains(method) for method in others}
    rows = [
        ["**worst**", "–", *(f"**{result.worst(method)[1]:+.2f}**" for method in others)],
        ["**mean**", "–", *(f"**{result.mean(method):+.2f}**" for method in others)],
    ]
    rows += [
        [name, f"{result.psnr(ANCHOR, name):.2f}", *(f"{gains[m][name]:+.2f}" for m in others)]
        for name in result.degradations
    ]
    told = table(["", ANCHOR, *others], rows)
    return f"## Robustness\n\n{text}\n\n{told}\n\n{_who_is_below(result)}"


def _told() -> dict[str, str]:
    numbers: dict[str, Iterable[object]] = {
        "kernels": halve.HALVINGS,
        "noises": degradations.NOISES,
        "jpeg": degradations.JPEG_QUALITIES,
        "x264": degradations.QUANTISERS["x264"],
        "vp8": degradations.QUANTISERS["vp8"],
    }
    return {name: ", ".join(map(str, values)) for name, values in numbers.items()}


def _who_is_below(result: RobustResult) -> str:
    below = result.below_bicubic()
    if not below:
        return f"No method falls more than {TOLERANCE} dB below {ANCHOR} anywhere."
    told = [
        f"- {method}: {', '.join(f'{name} {gain:+.2f}' for name, gain in where.items())}"
        for method, where in below.items()
    ]
    return "\n".join([f"More than {TOLERANCE} dB below {ANCHOR}:\n", *told])


def _call_table(result: CallResult) -> str:
    summary = result.summary()
    columns = [column for column in COLUMNS if any(column[1] in row for row in summary.values())]
    rows = [
        [method, *(_cell(scores.get(key), form) for _, key, form in columns)]
        for method, scores in summary.items()
    ]
    return table(["", *(title for title, _, _ in columns)], rows)


def _cell(value: float | None, form: str) -> str:
    return "–" if value is None else form.format(value)
