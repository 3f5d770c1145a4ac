"""A noisy call of 8 kHz in packets of 20 ms, made clear: python examples/clean_call.py"""

import sys

import pellucid
from pellucid.media import SoundSource

with SoundSource(sys.argv[1]) as call:
    for frame in pellucid.run(pellucid.Clearer(), call.frames()):
        print(frame)
