"""ncnn: float weights, one size of picture, two files; pnnx converts."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

import numpy as np

from pellucid.errors import ExportError
from pellucid.export.formats import Format, Grey, Size
from pellucid.export.networks import traced_net
from pellucid.video.integer import IntegerNetwork, Luma

IN, OUT = "in0", "out0"  # pnnx's own names


def convert(network: IntegerNetwork, size: Size, folder: Path, name: str) -> list[Path]:
    """Write NAME.ncnn.param and NAME.ncnn.bin."""
    import pnnx

    paths = [folder / f"{name}.ncnn.{part}" for part in ("param", "bin")]
    with tempfile.TemporaryDirectory() as made:
        traced = Path(made) / "net.pt"
        traced_net(network, size).save(str(traced))
        words = [pnnx.EXEC_PATH, str(traced), f"inputshape=[1,1,{size[0]},{size[1]}]", "fp16=0"]
        done = subprocess.run(words, cwd=made, capture_output=True, text=True, check=False)
        for path in paths:
            part = Path(made) / f"net.ncnn{path.suffix}"
            if done.returncode or not part.is_file():
                raise ExportError(f"pnnx: gave no {path.suffix} file (status {done.returncode})")
            path.write_bytes(part.read_bytes())
    return paths


def run(paths: list[Path], picture: Luma) -> Grey:
    """What ncnn makes of luma, on the processor and in float32."""
    import ncnn

    given = picture[None].astype(np.float32)  # Mat keeps no copy
    with ncnn.Net() as net:
        net.opt.use_fp16_arithmetic = net.opt.use_fp16_storage = net.opt.use_fp16_packed = False
        net.load_param(str(paths[0]))
        net.load_model(str(paths[1]))
        with net.create_extractor() as extractor:
            extractor.input(IN, ncnn.Mat(given))
            _, enlarged = extractor.extract(OUT)
            made: Grey = np.array(enlarged, np.float32)[0]
    return made


NCNN = Format(
    "ncnn", convert, run, "ncnn", ("pnnx", "ncnn"),
    picture=f'"{IN}", float32 (1, H, W): luma, 0..255',
    enlarged=f'"{OUT}", float32 (1, 2H, 2W): 0..255, not rounded',
)  # fmt: skip
