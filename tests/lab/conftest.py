"""The made-up sounds and pictures of the trainings."""

from training.conftest import pictures
from training.voice.conftest import sounds

__all__ = ["pictures", "sounds"]
