"""Files in and out: read a video or a picture, write a better one, lose nothing else.

with Source("call.mp4") as source, Sink("better.mp4", source, scale=2) as sink:
    for item in source.items():
        if isinstance(item, Passed):
            sink.copy(item)  # sound, subtitles, data
        else:
            sink.write(enlarge(item))  # a VideoFrame
"""

from pellucid.media.atomic import whole_file
from pellucid.media.encoding import ENCODERS, Encoding
from pellucid.media.folder import is_picture, is_sound, media_files
from pellucid.media.pictures import Picture, read_picture, write_picture
from pellucid.media.sink import Sink
from pellucid.media.sound_in import Heard, SoundDecoder, check_sound
from pellucid.media.soundfile import SoundSource, SoundTrack, sound_warnings, write_sound_file
from pellucid.media.source import Passed, Source
from pellucid.media.video import Video

__all__ = [
    "ENCODERS",
    "Encoding",
    "Heard",
    "Passed",
    "Picture",
    "Sink",
    "SoundDecoder",
    "SoundSource",
    "SoundTrack",
    "Source",
    "Video",
    "check_sound",
    "is_picture",
    "is_sound",
    "media_files",
    "read_picture",
    "sound_warnings",
    "whole_file",
    "write_picture",
    "write_sound_file",
]
