"""Enlarge an array, such as a webcam's: python examples/enlarge_array.py"""

import numpy as np

import pellucid

picture = np.tile(np.arange(160, dtype=np.uint8), (120, 1))
print(pellucid.Upscaler(threads=1).upscale(picture).shape)
