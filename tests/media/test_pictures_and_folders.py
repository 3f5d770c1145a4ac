"""Still pictures keep their pixels, profile and tags; folders list what is media."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pellucid.errors import FrameError, MediaError, UnsupportedMediaError
from pellucid.media import Picture, is_picture, media_files, read_picture, write_picture

RNG = np.random.default_rng(0)
COLOUR = RNG.integers(0, 256, (24, 32, 3), dtype=np.uint8)
GREY = RNG.integers(0, 256, (24, 32), dtype=np.uint8)
SMOOTH = np.tile(np.linspace(0, 255, 32, dtype=np.uint8)[None, :, None], (24, 1, 3))


@pytest.mark.parametrize("suffix", [".png", ".webp"])
@pytest.mark.parametrize("alpha", [None, GREY])
def test_colour_survives_lossless_formats(tmp_path: Path, suffix: str, alpha: None) -> None:
    write_picture(tmp_path / f"a{suffix}", Picture(COLOUR, alpha))
    back = read_picture(tmp_path / f"a{suffix}")
    assert back.lossless
    if alpha is None:
        assert back.alpha is None
        assert np.array_equal(back.pixels, COLOUR)
    else:
        assert np.array_equal(back.alpha, alpha)
        seen = alpha > 0  # WebP clears what cannot be seen
        assert np.array_equal(back.pixels[seen], COLOUR[seen])


@pytest.mark.parametrize("alpha", [None, GREY[::-1]])
def test_grey_survives(tmp_path: Path, alpha: None) -> None:
    write_picture(tmp_path / "a.png", Picture(GREY, alpha))
    back = read_picture(tmp_path / "a.png")
    assert np.array_equal(back.pixels, GREY)
    assert (back.alpha is None) == (alpha is None)


def test_jpeg_keeps_fine_colour(tmp_path: Path) -> None:
    write_picture(tmp_path / "a.jpg", Picture(SMOOTH))
    with Image.open(tmp_path / "a.jpg") as image:
        assert image.layer[0][1:3] == image.layer[1][1:3] == (1, 1)  # 4:4:4
    back = read_picture(tmp_path / "a.jpg")
    assert np.abs(back.pixels.astype(int) - SMOOTH).max() <= 3
    assert not back.lossless


def test_a_webp_of_a_photo_is_lossy_and_one_of_a_drawing_is_not(tmp_path: Path) -> None:
    write_picture(tmp_path / "photo.webp", Picture(COLOUR, lossless=False))
    write_picture(tmp_path / "drawing.webp", Picture(COLOUR))
    assert not read_picture(tmp_path / "photo.webp").lossless
    assert read_picture(tmp_path / "drawing.webp").lossless


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp"])
def test_profile_tags_and_resolution_survive(tmp_path: Path, suffix: str) -> None:
    exif = Image.Exif()
    exif[0x010E] = "a call"
    exif.get_ifd(0x8769).update({0xA002: 32, 0xA003: 24, 0x9286: b"note"})
    Image.fromarray(SMOOTH).save(
        tmp_path / f"in{suffix}", icc_profile=b"profile", exif=exif, dpi=(300, 300)
    )
    write_picture(tmp_path / f"out{suffix}", read_picture(tmp_path / f"in{suffix}"))
    with Image.open(tmp_path / f"out{suffix}") as image:
        assert image.info["icc_profile"] == b"profile"
        assert image.getexif()[0x010E] == "a call"
        part = image.getexif().get_ifd(0x8769)
        assert 0x9286 in part
        assert 0xA002 not in part  # the width would be wrong after enlarging
        if suffix != ".webp":
            assert image.info["dpi"] == pytest.approx((300, 300), abs=0.1)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_turned_photo_comes_out_upright_once(tmp_path: Path, orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    corner = np.zeros((16, 32), np.uint8)
    corner[:8, :8] = 255
    Image.fromarray(corner).save(tmp_path / "in.png", exif=exif)
    upright = read_picture(tmp_path / "in.png")
    assert upright.pixels.shape == ((16, 32) if orientation < 5 else (32, 16))
    bright = upright.pixels > 127
    top, left = bright[: bright.shape[0] // 2].any(), bright[:, : bright.shape[1] // 2].any()
    expected = {1: (1, 1), 2: (1, 0), 3: (0, 0), 4: (0, 1), 5: (1, 1), 6: (1, 0), 7: (0, 0)}
    assert (top, left) == expected.get(orientation, (0, 1))
    write_picture(tmp_path / "out.png", upright)
    again = read_picture(tmp_path / "out.png")
    assert np.array_equal(again.pixels, upright.pixels)


def test_palettes_become_colour(tmp_path: Path) -> None:
    image = Image.fromarray(COLOUR).quantize(16)
    image.save(tmp_path / "p.png")
    image.save(tmp_path / "t.png", transparency=0)
    assert read_picture(tmp_path / "p.png").pixels.shape == (24, 32, 3)
    assert read_picture(tmp_path / "p.png").alpha is None
    clear = read_picture(tmp_path / "t.png").alpha
    assert clear is not None
    assert clear.min() == 0


def png_16_bit(path: Path) -> None:
    def chunk(kind: bytes, data: bytes) -> bytes:
        check = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)

    lines = b"".join(b"\0" + bytes(4 * 6) for _ in range(4))
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 4, 4, 16, 2, 0, 0, 0))
    body = chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b"")
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + header + body)


def test_more_than_8_bits_are_refused(tmp_path: Path) -> None:
    png_16_bit(tmp_path / "colour.png")
    Image.fromarray(GREY.astype(np.uint16) * 257).save(tmp_path / "grey.png")
    for name in ("colour.png", "grey.png"):
        with pytest.raises(UnsupportedMediaError, match="more than 8 bits"):
            read_picture(tmp_path / name)


def test_cmyk_is_refused(tmp_path: Path) -> None:
    Image.fromarray(COLOUR).convert("CMYK").save(tmp_path / "a.jpg")
    with pytest.raises(UnsupportedMediaError, match="CMYK"):
        read_picture(tmp_path / "a.jpg")


@pytest.mark.parametrize("suffix", [".png", ".webp"])
def test_moving_pictures_are_refused(tmp_path: Path, suffix: str) -> None:
    stills = [Image.fromarray(np.roll(COLOUR, n, 0)) for n in range(3)]
    stills[0].save(tmp_path / f"a{suffix}", save_all=True, append_images=stills[1:])
    with pytest.raises(UnsupportedMediaError, match="moving picture"):
        read_picture(tmp_path / f"a{suffix}")


def test_a_picture_that_claims_too_much_is_refused(tmp_path: Path) -> None:
    file = io.BytesIO()
    Image.new("L", (1, 1)).save(file, "PNG")
    data = bytearray(file.getvalue())
    data[16:24] = struct.pack(">II", 60000, 60000)
    data[29:33] = struct.pack(">I", zlib.crc32(data[12:29]))
    (tmp_path / "bomb.png").write_bytes(data)
    with pytest.raises(UnsupportedMediaError, match="claims more pixels"):
        read_picture(tmp_path / "bomb.png")


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp"])
def test_damaged_pictures_are_refused(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    write_picture(path, Picture(COLOUR))
    whole = path.read_bytes()
    for content in (b"", b"words", whole[: len(whole) // 2], whole[:30]):
        path.write_bytes(content)
        with pytest.raises(MediaError, match=rf"a{suffix}: is no PNG, JPEG or WebP"):
            read_picture(path)
    with pytest.raises(MediaError, match="no such file"):
        read_picture(tmp_path / "gone.png")


def test_what_cannot_be_written_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedMediaError, match="JPEG cannot hold transparency"):
        write_picture(tmp_path / "a.jpg", Picture(COLOUR, GREY))
    with pytest.raises(UnsupportedMediaError, match=r"expected one of \.png"):
        write_picture(tmp_path / "a.bmp", Picture(COLOUR))
    with pytest.raises(UnsupportedMediaError, match="cannot be a WEBP"):
        write_picture(tmp_path / "a.webp", Picture(np.zeros((2, 17000), np.uint8)))
    write_picture(tmp_path / "a.png", Picture(COLOUR))
    with pytest.raises(MediaError, match="exists already"):
        write_picture(tmp_path / "a.png", Picture(GREY))
    write_picture(tmp_path / "a.png", Picture(GREY), overwrite=True)
    assert read_picture(tmp_path / "a.png").pixels.ndim == 2
    assert [each.name for each in tmp_path.iterdir()] == ["a.png"]


def test_a_picture_checks_itself() -> None:
    with pytest.raises(FrameError, match="pixels: expected uint8"):
        Picture(COLOUR.astype(np.float32))
    with pytest.raises(FrameError, match="pixels: expected uint8"):
        Picture(np.zeros((4, 4, 4), np.uint8))
    with pytest.raises(FrameError, match="alpha: expected uint8"):
        Picture(COLOUR, GREY[:-1])
    assert repr(Picture(COLOUR, GREY)) == "Picture(32x24, RGB with alpha)"


def test_pillow_is_only_imported_for_pictures() -> None:
    look = "import sys, pellucid.media; sys.exit('PIL' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", look], check=False).returncode == 0


def test_media_files_are_found_in_order(tmp_path: Path) -> None:
    kept = ["a.mp4", "B.PNG", "sub/c.webm", "sub/deep/d.jpeg"]
    skipped = ["notes.txt", ".hidden.mp4", ".cache/x.mp4", ".pellucid-00.mp4", "sub/mp4"]
    for name in kept + skipped:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert media_files(tmp_path) == sorted(tmp_path / name for name in kept)
    assert media_files(str(tmp_path / "sub" / "deep")) == [tmp_path / "sub" / "deep" / "d.jpeg"]
    with pytest.raises(MediaError, match="no such folder"):
        media_files(tmp_path / "gone")


def test_pictures_are_told_by_their_name() -> None:
    assert all(is_picture(name) for name in ("a.png", "b.JPG", "c.jpeg", "d.webp"))
    assert not any(is_picture(name) for name in ("a.mp4", "png", "b.gif", ""))
