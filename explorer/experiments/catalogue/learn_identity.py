"""Layers that are trained to pass on their input, H(x) = x: how far they are from it, step by step."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from explorer.experiments.description import SEEDS, ExperimentDescription, Table
from explorer.experiments.result import ExperimentResult
from explorer.experiments.work import by_network, label_positions
from explorer.language import N_


@dataclass(frozen=True)
class IdentityFit:
    """One training of the blocks `label` towards H(x) = x.

    `errors[i]` is the norm of H(x) - x over that of x, on a fresh batch, after `steps[i]` steps.
    """

    label: str
    seed: int
    steps: tuple[int, ...]
    errors: tuple[float, ...]


@dataclass(frozen=True)
class IdentityResult(ExperimentResult):
    """How well blocks learn to pass on their input, seed by seed."""

    kind: ClassVar[str] = "learn_identity"
    fits: tuple[IdentityFit, ...]


def _rows(result: IdentityResult) -> Iterator[tuple[object, ...]]:
    for fit in result.fits:
        for step, error in zip(fit.steps, fit.errors, strict=True):
            yield fit.label, fit.seed, step, error


LEARN_IDENTITY = ExperimentDescription(
    IdentityResult,
    N_("Learning to copy"),
    "The blocks of a network's first stage are trained to pass on their input; how far they are from it.",
    "He et al. 2015, section 3.1",
    networks=(1, 8),
    table=Table(("blocks", "seed", "step", "relative_error"), _rows),
    parameters={"seeds": SEEDS},
    sharing=by_network("fits", lambda request, fit: (fit.seed, label_positions(request)[fit.label])),
)
