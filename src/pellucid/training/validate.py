"""How good the network is so far, on patches that training never sees."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional

from pellucid.training.batches import Batch
from pellucid.training.dataset import CLIP_HELD_OUT, STILL_HELD_OUT, Dataset
from pellucid.training.nets.plain import Enlarger, PlainNet
from pellucid.training.quantise import simulate
from pellucid.video.engine import luma, pick_engine
from pellucid.video.integer import GatedNetwork, Network

PATCHES = 120  # of each group
CHUNK = 20
BORDER = 4  # high-resolution pixels not judged: patches are cut out of larger pictures

Enlarge = Callable[[Tensor, Tensor], Tensor]  # of low and traces


@dataclass(frozen=True, eq=False)
class HeldOut:
    """Held-out patches by group, as batches are."""

    groups: dict[str, Batch]


def held_out(dataset: Dataset) -> HeldOut:
    """The first patches of each held-out group; groups without patches are left out."""
    groups = {}
    for name, group in (("stills", STILL_HELD_OUT), ("clips", CLIP_HELD_OUT)):
        index = np.flatnonzero(dataset.group == group)[:PATCHES]
        if len(index):
            planes = (dataset.low[index][:, None], dataset.high[index][:, None])
            arrays = (*planes, dataset.traces[index])
            groups[name] = Batch(*(torch.from_numpy(array).float() for array in arrays))
    return HeldOut(groups)


def scores(patches: HeldOut, net: Enlarger, steps: list[float]) -> dict[str, float]:
    """Mean luma PSNR in dB of bicubic, the float network and (given steps) its integer twin.

    Only a PlainNet has a twin.
    """
    net.eval()
    methods: dict[str, Enlarge] = {
        "bicubic": lambda low, _: bicubic(low),
        "float": lambda low, traces: net(low / 255, traces) * 255,
    }
    if steps:
        assert isinstance(net, PlainNet)
        methods["integer"] = lambda low, traces: simulate(net, steps, low, traces)
    return {
        f"{group} {name}": round(_mean_psnr(method, batch), 3)
        for group, batch in patches.groups.items()
        for name, method in methods.items()
    }


def integer_scores(patches: HeldOut, network: Network) -> dict[str, float]:
    """Mean luma PSNR in dB of an integer network, each picture at its level."""
    engines = [pick_engine(one) for one in network.networks]

    def enlarge(low: Tensor, traces: Tensor) -> Tensor:
        planes = zip(low[:, 0].to(torch.uint8).numpy(), traces.int().numpy(), strict=True)
        made = [luma(engines[_level(network, told)], plane) for plane, told in planes]
        return torch.from_numpy(np.stack(made)[:, None]).float()

    return {
        f"{group} levels": round(_mean_psnr(enlarge, batch), 3)
        for group, batch in patches.groups.items()
    }


def _level(network: Network, traces: npt.NDArray[np.int32]) -> int:
    return network.gate.level(traces) if isinstance(network, GatedNetwork) else 0


def bicubic(low: Tensor) -> Tensor:
    """(N, 1, H, W) to (N, 1, 2H, 2W), what a player would do."""
    return functional.interpolate(low, scale_factor=2, mode="bicubic", align_corners=False)


def _mean_psnr(method: Enlarge, batch: Batch) -> float:
    chunks = zip(torch.split(batch.low, CHUNK), torch.split(batch.traces, CHUNK), strict=True)
    with torch.no_grad():
        made = torch.cat([method(*chunk) for chunk in chunks]).round().clamp(0, 255)
    inner = (made - batch.high)[:, :, BORDER:-BORDER, BORDER:-BORDER]
    error = inner.square().mean(dim=(1, 2, 3)).clamp_min(1e-2)
    return float((10 * torch.log10(255**2 / error)).mean())
