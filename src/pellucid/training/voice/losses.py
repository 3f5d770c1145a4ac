"""How far a cleaned voice is from the clean one."""

from __future__ import annotations

import torch
from torch import Tensor

from pellucid.training.voice.spectra import to_spectra

COMPRESSION = 0.3
LEAST = 1e-6  # magnitude
SILENT = 1e-8  # mean square of a target that has no signal-to-distortion ratio
MOST_DB = 30.0  # better is not asked for
CONCEALED_RATE = 16_000  # Hz
CONCEALED_RESOLUTIONS = 2.0  # weight
WINDOWS = (256, 512, 1024)  # samples, of the several resolutions
MAGNITUDE, COMPLEX, RATIO = 70.0, 30.0, 0.1  # weights, set by their slopes


def denoise_loss(
    made_spectra: Tensor, spectra: Tensor, made: Tensor, clean: Tensor, missing: float
) -> Tensor:
    """The sum that denoisers train on; what is `missing` of a voice weighs so much on top.

    Spectra (T, B, 2, bins); samples (B, L).
    """
    magnitude, complex_ = compressed(made_spectra, spectra)
    loss = MAGNITUDE * magnitude + COMPLEX * complex_ - RATIO * si_sdr(made, clean)
    return loss + missing * taken(made_spectra, spectra) if missing else loss


def compressed(made: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
    """Mean squares between compressed magnitudes, and between compressed spectra.

    Both (T, B, 2, bins). Source: Braun and Tashev 2021, eq. 2, with their power of 0.3.
    """
    # The root has no slope at nothing, which a lost packet is.
    made_size, size = ((x.square().sum(2, keepdim=True) + LEAST**2).sqrt() for x in (made, target))
    made_power, power = made_size**COMPRESSION, size**COMPRESSION
    difference = made * (made_power / made_size) - target * (power / size)
    return (made_power - power).square().mean(), difference.square().sum(2).mean()


def taken(made: Tensor, target: Tensor) -> Tensor:
    """Mean square of the compressed magnitudes that are missing, what is too much left out.

    Both (T, B, 2, bins). Source: Wang et al. 2020 (VoiceFilter-Lite), their asymmetric loss.
    """
    made_power, power = (
        (x.square().sum(2) + LEAST**2) ** (COMPRESSION / 2) for x in (made, target)
    )
    return (power - made_power).clamp_min(0).square().mean()


def si_sdr(made: Tensor, target: Tensor) -> Tensor:
    """Scale-invariant ratio of signal to distortion in dB, mean of the batch; 0 without a signal.

    Both (B, L). Source: Le Roux et al. 2019, eq. 3 and 4.
    """
    energy = target.square().sum(1, keepdim=True)
    fitted = (made * target).sum(1, keepdim=True) / (energy + SILENT) * target
    distortion = (made - fitted).square().sum(1) + SILENT
    ratio = 10 * torch.log10(fitted.square().sum(1) / distortion + SILENT)
    heard = target.square().mean(1) > SILENT
    return (ratio.clamp(max=MOST_DB) * heard).mean()


def concealed_loss(made: Tensor, whole: Tensor, touched: Tensor) -> Tensor:
    """How far what is heard is from what was sent, both (B, L), where hops are `touched` (T, B)."""
    both = [to_spectra(x, CONCEALED_RATE) for x in (made, whole)]
    near = touched.clone()
    near[1:] |= touched[:-1]  # a window holds the hop before as well
    near[0] = True  # so that there is one
    chosen = [spectra[near][:, None] for spectra in both]
    magnitude, _ = compressed(*chosen)  # a phase cannot be known for long: docs/sound.md
    return MAGNITUDE * magnitude + CONCEALED_RESOLUTIONS * resolutions(made, whole)


def resolutions(made: Tensor, target: Tensor) -> Tensor:
    """Spectral convergence and mean absolute error of log magnitudes over `WINDOWS`.

    Both (B, L). Source: Yamamoto et al. 2020, eq. 5 to 7; the convergence over the whole batch.
    """
    total = torch.zeros(())
    for window in WINDOWS:
        one, other = _magnitudes(made, window), _magnitudes(target, window)
        convergence = (other - one).norm() / other.norm().clamp_min(LEAST)
        total = total + convergence + ((other + 1e-3).log() - (one + 1e-3).log()).abs().mean()
    return total / len(WINDOWS)


def _magnitudes(samples: Tensor, window: int) -> Tensor:
    shape = torch.hann_window(window)
    spectra = torch.stft(samples, window, window // 4, window=shape, return_complex=True)
    return (spectra.real.square() + spectra.imag.square() + LEAST**2).sqrt()
