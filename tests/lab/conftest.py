"""The made-up sounds of the voice trainings."""

from training.voice.conftest import sounds

__all__ = ["sounds"]
