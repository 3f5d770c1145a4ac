"""Chain stages over a stream of frames, as a call would: python examples/stream_frames.py"""

import numpy as np

import pellucid

chain = pellucid.Chain(pellucid.Upscaler(), pellucid.Upscaler())
luma = np.zeros((90, 160), np.uint8)
frames = (pellucid.VideoFrame(luma, None, None, pts=index) for index in range(3))
print(list(pellucid.run(chain, frames)))
