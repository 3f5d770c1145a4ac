"""VMAF and VMAF-NEG, Netflix's perceptual score, the latter without credit for sharpening.

Through ffmpeg's libvmaf.

Source: Li et al. 2020, "Toward a better quality metric for the video community" (NEG).
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Self

from pellucid.errors import FrameError, MediaError, MissingExtraError
from pellucid.frames import Plane

NEG, PLAIN = "vmaf_v0.6.1neg", "vmaf_v0.6.1"
LOG = "vmaf.json"
SMALLEST = 32  # pixels each way; libvmaf halves the picture four times


class VmafNeg:
    """One video being scored: push frames, then `finish`; a context manager.

    Reference and picture travel as one picture, one above the other, so that a single pipe
    suffices, nothing is written to disk and memory stays bounded. As 4:4:4 with neutral chroma:
    ffmpeg would take plain grey for full-range and rescale it.

    size: (H, W), each at least 32. threads: that libvmaf may use. models: libvmaf's names of what
    scores, in one go. Raises MissingExtraError when there is no ffmpeg with libvmaf.
    """

    def __init__(
        self, size: tuple[int, int], threads: int = 1, models: Sequence[str] = (NEG,)
    ) -> None:
        """Start ffmpeg."""
        if min(size) < SMALLEST:
            raise FrameError(f"size: expected at least {SMALLEST} each way, got {size}")
        binary = ffmpeg()
        self._size, self._models = size, models
        self._chroma = bytes([128]) * (4 * size[0] * size[1])
        self._folder = TemporaryDirectory(prefix="pellucid-vmaf-")
        self._errors = (Path(self._folder.name) / "errors").open("w+b")
        self._process = subprocess.Popen(
            [binary, *_arguments(size, threads, models)],
            cwd=self._folder.name,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=self._errors,
        )

    def __enter__(self) -> Self:
        """Return the running scorer."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop ffmpeg if it still runs and remove what it wrote."""
        if self._process.poll() is None:
            self._process.kill()
        self._close_pipe()
        self._process.wait()
        self._errors.close()
        self._folder.cleanup()

    def push(self, reference: Plane, picture: Plane) -> None:
        """Hand over the next frame, both uint8 (H, W). Raises FrameError, MediaError."""
        for name, plane in (("reference", reference), ("picture", picture)):
            if plane.shape != self._size:
                raise FrameError(f"{name}: expected {self._size}, got {plane.shape}")
        pipe = self._process.stdin
        assert pipe is not None
        try:
            for part in (reference.tobytes(), picture.tobytes(), self._chroma):
                pipe.write(part)
        except BrokenPipeError as error:
            raise MediaError(f"vmaf: ffmpeg stopped ({self._complaint()})") from error

    def finish(self) -> tuple[float, ...]:
        """End the video and return the first model's score of each frame, 0 to 100.

        Raises MediaError.
        """
        return self.finish_all()[self._models[0]]

    def finish_all(self) -> dict[str, tuple[float, ...]]:
        """End the video: a score a frame, 0 to 100, by model. Raises MediaError."""
        self._close_pipe()
        if self._process.wait() != 0:
            raise MediaError(f"vmaf: ffmpeg failed ({self._complaint()})")
        log = json.loads((Path(self._folder.name) / LOG).read_text())
        frames = [frame["metrics"] for frame in log["frames"]]
        return {name: tuple(float(one[name]) for one in frames) for name in self._models}

    def _close_pipe(self) -> None:
        pipe = self._process.stdin
        assert pipe is not None
        try:
            pipe.close()
        except BrokenPipeError:
            return  # ffmpeg is gone; its exit status tells

    def _complaint(self) -> str:
        self._process.wait()
        self._errors.seek(0)
        lines = self._errors.read().decode(errors="replace").strip().splitlines()
        return lines[-1] if lines else f"exit status {self._process.returncode}"


def vmaf_neg(
    references: Iterable[Plane], pictures: Iterable[Plane], threads: int = 1
) -> tuple[float, ...]:
    """VMAF-NEG of each frame, 0 to 100; a video's score is their mean.

    references, pictures: equally many uint8 (H, W) planes of limited-range luma.
    Raises MissingExtraError, FrameError, MediaError.
    """
    return by_models(references, pictures, threads, (NEG,))[NEG]


def by_models(
    references: Iterable[Plane],
    pictures: Iterable[Plane],
    threads: int = 1,
    models: Sequence[str] = (PLAIN, NEG),
) -> dict[str, tuple[float, ...]]:
    """The same by several models, each frame's score by the model's name."""
    pairs = list(zip(references, pictures, strict=True))
    if not pairs:
        raise FrameError("references: expected at least one frame, got none")
    height, width = pairs[0][0].shape
    with VmafNeg((height, width), threads, models) as scorer:
        for reference, picture in pairs:
            scorer.push(reference, picture)
        return scorer.finish_all()


@lru_cache(maxsize=1)
def ffmpeg() -> str:
    """Path of an ffmpeg with libvmaf. Raises MissingExtraError when there is none."""
    try:
        import imageio_ffmpeg
    except ImportError as error:
        raise MissingExtraError(
            'VMAF needs imageio-ffmpeg: pip install "pellucid[bench]"'
        ) from error
    try:
        binary = str(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError as error:
        raise MissingExtraError(
            f"VMAF needs ffmpeg, and imageio-ffmpeg has none: {error}"
        ) from error
    return with_libvmaf(binary)


def with_libvmaf(binary: str) -> str:
    """Return `binary` if it has the libvmaf filter. Raises MissingExtraError otherwise."""
    asked = subprocess.run(
        [binary, "-hide_banner", "-filters"], capture_output=True, text=True, check=False
    )
    if " libvmaf " not in asked.stdout:
        raise MissingExtraError(
            f"{binary}: has no libvmaf; the one that imageio-ffmpeg carries does: "
            'pip install "pellucid[bench]"'
        )
    return binary


def _arguments(size: tuple[int, int], threads: int, models: Sequence[str]) -> list[str]:
    height, width = size
    asked = "|".join(rf"version={name}\\:name={name}" for name in models)
    graph = (
        f"split[a][b];[a]crop={width}:{height}:0:0:exact=1[reference];"
        f"[b]crop={width}:{height}:0:{height}:exact=1[picture];"
        f"[picture][reference]libvmaf=model={asked}:n_threads={threads}"
        f":log_fmt=json:log_path={LOG}"
    )
    source = ["-f", "rawvideo", "-pix_fmt", "yuv444p", "-s", f"{width}x{2 * height}", "-i", "-"]
    return ["-hide_banner", "-loglevel", "error", *source, "-lavfi", graph, "-f", "null", "-"]
