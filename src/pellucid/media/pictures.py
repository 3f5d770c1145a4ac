"""Still pictures in and out: PNG, JPEG and WebP, upright, with their colour profile and tags."""

from __future__ import annotations

import struct
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pellucid.errors import FrameError, MediaError, UnsupportedMediaError
from pellucid.frames import Plane
from pellucid.media.atomic import check_target, whole_file, write_error

if TYPE_CHECKING:
    from PIL import Image  # imported in the functions that need it, so that video does not pay

SUFFIXES = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".webp": "WEBP"}

# What a phone takes in its largest mode; a crafted file can claim far more than fits in memory.
LARGEST_PIXELS = 200_000_000

# Modes of Pillow -> what we keep of them: colour or grey, with or without transparency.
MODES = {
    "1": "L",
    "L": "L",
    "LA": "LA",
    "RGB": "RGB",
    "RGBA": "RGBA",
    "P": "RGB",
    "PA": "RGBA",
}
TRANSPARENT = {"1": "LA", "L": "LA", "RGB": "RGBA", "P": "RGBA"}

# Exif tags for width and height, which a new size would make wrong.
EXIF_PART, EXIF_SIZE_TAGS = 0x8769, (0xA002, 0xA003)

JPEG_QUALITY = 95


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Picture:
    """A still picture, the right way up.

    pixels: uint8, RGB (H, W, 3) or grey (H, W). alpha: uint8 (H, W) or None. icc, exif: raw
    bytes or None, exif without an orientation. dpi: dots per inch across and down, or None.
    lossless: whether its file kept every pixel, which a WebP written from it then does too.
    """

    pixels: Plane
    alpha: Plane | None = None
    icc: bytes | None = None
    exif: bytes | None = None
    dpi: tuple[float, float] | None = None
    lossless: bool = True

    def __post_init__(self) -> None:
        """Check shapes and types once."""
        shape = self.pixels.shape
        if self.pixels.dtype != np.uint8 or not (len(shape) == 2 or shape[2:] == (3,)):
            raise FrameError(
                f"pixels: expected uint8 (H, W) or (H, W, 3), got {self.pixels.dtype} {shape}"
            )
        if self.alpha is not None and (
            self.alpha.dtype != np.uint8 or self.alpha.shape != shape[:2]
        ):
            raise FrameError(f"alpha: expected uint8 {shape[:2]}, got {self.alpha.shape}")

    def __repr__(self) -> str:
        """Show size and kind; never the samples."""
        height, width = self.pixels.shape[:2]
        kind = "grey" if self.pixels.ndim == 2 else "RGB"
        return f"Picture({width}x{height}, {kind}{'' if self.alpha is None else ' with alpha'})"


def read_picture(path: str | Path) -> Picture:
    """Read a PNG, JPEG or WebP; it is turned upright as its Exif orientation says.

    Raises MediaError when it is missing or damaged, UnsupportedMediaError when it moves, has
    more than 8 bits a channel, is CMYK, or is implausibly large.
    """
    path = Path(path)
    if not path.is_file():
        raise MediaError(f"{path}: no such file")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow warns of what is checked here
        try:
            return _read(path)
        except MediaError:
            raise
        except (OSError, SyntaxError, ValueError, EOFError, struct.error) as error:
            raise MediaError(f"{path}: is no PNG, JPEG or WebP picture, or is damaged") from error


def write_picture(path: str | Path, picture: Picture, overwrite: bool = False) -> None:
    """Write a PNG, a JPEG (quality 95, 4:4:4) or a WebP, as the suffix of `path` says.

    A WebP is lossless if the picture is, else of quality 95. Raises MediaError when `path`
    cannot be written, UnsupportedMediaError for another suffix or for transparency in a JPEG.
    """
    path = Path(path)
    form = SUFFIXES.get(path.suffix.lower())
    if form is None:
        raise UnsupportedMediaError(f"{path}: expected one of {', '.join(SUFFIXES)}")
    if form == "JPEG" and picture.alpha is not None:
        raise UnsupportedMediaError(
            f"{path}: JPEG cannot hold transparency; write to .png or .webp instead"
        )
    check_target(path, overwrite)
    image = _to_pillow(picture)
    with whole_file(path, overwrite) as temporary:
        try:
            image.save(temporary, form, **_save_options(form, picture))
        except OSError as error:
            raise write_error(path, error) from error
        except ValueError as error:
            raise UnsupportedMediaError(f"{path}: cannot be a {form} ({error})") from error


def _read(path: Path) -> Picture:
    from PIL import ImageOps

    with _open(path) as image:
        _check(path, image)
        image.load()
        lossless = image.format == "PNG" or (image.format == "WEBP" and not _is_lossy_webp(path))
        upright = ImageOps.exif_transpose(image)
        pixels = np.asarray(upright.convert(_kept_mode(upright)))
        icc = image.info.get("icc_profile")
        dpi = image.info.get("dpi")
        return Picture(
            *_split_alpha(pixels),
            icc=icc,
            exif=_exif(upright),
            dpi=(float(dpi[0]), float(dpi[1])) if dpi else None,
            lossless=lossless,
        )


def _open(path: Path) -> Image.Image:
    from PIL import Image

    try:
        return Image.open(path, formats=("PNG", "JPEG", "WEBP"))
    except Image.DecompressionBombError as error:
        raise UnsupportedMediaError(f"{path}: claims more pixels than fit in memory") from error


def _check(path: Path, image: Image.Image) -> None:
    if image.width * image.height > LARGEST_PIXELS:
        raise UnsupportedMediaError(
            f"{path}: claims {image.width}x{image.height} pixels, more than the "
            f"{LARGEST_PIXELS // 1_000_000} million that are read"
        )
    # A phone's JPEG with an attached depth map counts as two frames; the first is the picture.
    if getattr(image, "is_animated", False) and image.format != "MPO":
        raise UnsupportedMediaError(f"{path}: is a moving picture; convert it to a video first")
    if image.mode in ("CMYK", "YCCK"):
        raise UnsupportedMediaError(f"{path}: is a CMYK picture; convert it to RGB first")
    if image.mode not in MODES or _is_16_bit_png(path):
        raise UnsupportedMediaError(
            f"{path}: has more than 8 bits a channel (or is not RGB or grey); "
            "convert it to 8-bit RGB first"
        )


def _kept_mode(image: Image.Image) -> str:
    transparent = "transparency" in image.info and image.mode in TRANSPARENT
    return TRANSPARENT[image.mode] if transparent else MODES[image.mode]


def _split_alpha(pixels: Plane) -> tuple[Plane, Plane | None]:
    if pixels.ndim == 2 or pixels.shape[2] == 3:
        return pixels, None
    if pixels.shape[2] == 2:
        return pixels[:, :, 0], pixels[:, :, 1]
    return pixels[:, :, :3], pixels[:, :, 3]


def _exif(image: Image.Image) -> bytes | None:
    exif = image.getexif()
    part = exif.get_ifd(EXIF_PART)
    for tag in EXIF_SIZE_TAGS:
        part.pop(tag, None)
    return exif.tobytes() if len(exif) or part else None


def _is_16_bit_png(path: Path) -> bool:
    """Read the bit depth from the header; Pillow quietly drops the lower byte."""
    with path.open("rb") as file:
        header = file.read(25)
    return header[:8] == b"\x89PNG\r\n\x1a\n" and header[24:25] == b"\x10"


def _is_lossy_webp(path: Path) -> bool:
    """Look for the lossy chunk; a lossless file has "VP8L" instead."""
    return b"VP8 " in path.read_bytes()


def _to_pillow(picture: Picture) -> Image.Image:
    from PIL import Image

    image = Image.fromarray(np.ascontiguousarray(picture.pixels))
    if picture.alpha is not None:
        image.putalpha(Image.fromarray(np.ascontiguousarray(picture.alpha)))
    return image


def _save_options(form: str, picture: Picture) -> dict[str, Any]:
    known = {"icc_profile": picture.icc, "exif": picture.exif, "dpi": picture.dpi}
    quality: dict[str, dict[str, Any]] = {
        "PNG": {},
        "JPEG": {"quality": JPEG_QUALITY, "subsampling": "4:4:4"},
        "WEBP": {"lossless": picture.lossless, "quality": 80 if picture.lossless else 95},
    }
    return quality[form] | {key: value for key, value in known.items() if value}
