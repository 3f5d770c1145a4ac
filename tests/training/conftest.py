"""Pictures to train on, made up: stills and a clip."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from pellucid.training.dataset import PATCH
from training.textures import texture


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pictures")
    for index in range(3):
        rgb = np.stack([texture(3 * index + channel) for channel in range(3)], axis=2)
        Image.fromarray(rgb).save(folder / f"still{index}.png")
    wide = texture(99, 2 * PATCH + 200)
    with av.open(str(folder / "clip.mkv"), "w") as container:
        stream = container.add_stream("libx264", rate=30, options={"crf": "10"})
        stream.width = stream.height = 2 * PATCH + 32
        stream.pix_fmt = "yuv420p"
        for index in range(70):
            view = wide[index : index + stream.height, 2 * index : 2 * index + stream.width]
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(view), format="gray")
            container.mux(stream.encode(frame.reformat(format="yuv420p")))
        container.mux(stream.encode(None))
    return folder
