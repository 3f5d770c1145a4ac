"""SOAP: Adam in the eigenbasis of Shampoo's preconditioner. Source: Vyas et al. 2024, alg. 3.

Affordable here because the matrices are tiny (16 x 144) while a step through pictures is long: on
the standard network it takes 3 % of a step with 16 patches. Ours refreshes the basis by one QR
step every `REFRESH` steps, as theirs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor
from torch.optim import Optimizer

MEMORY = 0.95  # of both moments and of the two covariances, as in the paper
REFRESH = 10  # steps between two looks at the eigenbasis
EPSILON = 1e-8


class Soap(Optimizer):
    """Weights of `dimensions` and more, (O, C, ...), are preconditioned as matrices (O, C ...);
    all others get plain Adam. The first step only looks at the gradient.
    """

    def __init__(
        self, parameters: Iterable[Tensor], learning_rate: float, dimensions: int = 4
    ) -> None:
        self._dimensions = dimensions
        super().__init__(parameters, {"lr": learning_rate})

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> None:  # type: ignore[override]
        """One step from the gradients that are there."""
        assert closure is None
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter.grad is not None:
                    self._step_one(parameter, group["lr"])

    def _step_one(self, parameter: Tensor, learning_rate: float) -> None:
        gradient = parameter.grad
        assert gradient is not None
        is_matrix = gradient.ndim >= self._dimensions
        matrix = gradient.reshape(len(gradient), -1) if is_matrix else gradient
        state = self.state[parameter]
        if not state:
            state.update(_first_look(matrix, is_matrix))
            return
        update = _update(state, matrix)
        parameter.sub_(update.reshape(parameter.shape), alpha=learning_rate)
        if is_matrix:
            _learn_basis(state, matrix)


def _first_look(matrix: Tensor, is_matrix: bool) -> dict[str, Any]:
    state: dict[str, Any] = {
        "step": 0,
        "mean": torch.zeros_like(matrix),
        "square": torch.zeros_like(matrix),
    }
    if is_matrix:
        for side, covariance in (("left", matrix @ matrix.T), ("right", matrix.T @ matrix)):
            state[side] = covariance
            state[f"{side}_basis"] = _eigenvectors(covariance)
    return state


def _eigenvectors(covariance: Tensor) -> Tensor:
    """In float32 LAPACK fails, or tells NaN, on some of low rank: those of a pruned weight."""
    try:
        found: Tensor = torch.linalg.eigh(covariance).eigenvectors
    except RuntimeError:  # torch.linalg.LinAlgError, of which types know nothing
        found = torch.full_like(covariance, torch.nan)
    if not found.isfinite().all():
        found = torch.linalg.eigh(covariance.double()).eigenvectors.to(covariance.dtype)
    return found


def _update(state: dict[str, Any], matrix: Tensor) -> Tensor:
    """Adam's step, taken in the eigenbasis where there is one."""
    state["step"] += 1
    state["mean"].lerp_(matrix, 1 - MEMORY)
    turned, mean = _turn(state, matrix), _turn(state, state["mean"])
    state["square"].lerp_(turned.square(), 1 - MEMORY)
    unbias = 1 - MEMORY ** state["step"]
    update = (mean / unbias) / ((state["square"] / unbias).sqrt() + EPSILON)
    if "left" in state:
        update = state["left_basis"] @ update @ state["right_basis"].T
    assert isinstance(update, Tensor)
    return update


def _turn(state: dict[str, Any], matrix: Tensor) -> Tensor:
    if "left" not in state:
        return matrix
    turned: Tensor = state["left_basis"].T @ matrix @ state["right_basis"]
    return turned


def _learn_basis(state: dict[str, Any], matrix: Tensor) -> None:
    """Follow the covariances; now and then turn the basis towards their eigenvectors."""
    state["left"].lerp_(matrix @ matrix.T, 1 - MEMORY)
    state["right"].lerp_(matrix.T @ matrix, 1 - MEMORY)
    if state["step"] % REFRESH == 0:
        for side, axis in (("left", 0), ("right", 1)):
            power = state[side] @ state[f"{side}_basis"]
            order = (state[f"{side}_basis"] * power).sum(dim=0).argsort(descending=True)
            state[f"{side}_basis"] = torch.linalg.qr(power[:, order]).Q
            state["square"] = state["square"].index_select(axis, order)
