"""The transform of `audio.stft` for batches of whole sounds, with a slope."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from pellucid.audio.stft import hop_of, window_of


def to_spectra(samples: Tensor, sample_rate: int) -> Tensor:
    """float32 (B, L), L whole hops, to (T, B, 2, bins): real and imaginary parts."""
    hop, window = hop_of(sample_rate), torch.from_numpy(window_of(sample_rate))
    windows = nn.functional.pad(samples, (hop, 0)).unfold(1, 2 * hop, hop) * window
    parts: Tensor = torch.view_as_real(torch.fft.rfft(windows))
    return parts.permute(1, 0, 3, 2).contiguous()


def to_samples(spectra: Tensor, sample_rate: int) -> Tensor:
    """Back, (T, B, 2, bins) to (B, L - hop): the last window's second half is not finished."""
    hop, window = hop_of(sample_rate), torch.from_numpy(window_of(sample_rate))
    parts = torch.view_as_complex(spectra.permute(1, 0, 3, 2).contiguous())
    pieces = torch.fft.irfft(parts, 2 * hop) * window
    made = pieces[:, 1:, :hop] + pieces[:, :-1, hop:]
    samples: Tensor = made.reshape(len(made), -1)
    return samples
