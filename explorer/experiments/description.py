"""What an experiment is before it runs: all that requests, processes, caches and pages need to know of it. No torch."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from explorer.experiments.request_values import RequestValues
from explorer.experiments.result import ExperimentResult
from explorer.experiments.work import Sharing, Work, training_work
from explorer.model.field_types import Kind, Whole


@dataclass(frozen=True)
class Parameter:
    """One parameter: its kind with bounds, its default, and the label and help of its control."""

    kind: Kind
    default: Any
    label: str
    help: str


SEEDS = Parameter(Whole(1, 5), 1, "Seeds", "Repetitions with other weights and batches.")
"""The parameter of every experiment that can be repeated with several seeds."""


@dataclass(frozen=True)
class Table:
    """A result as a table: the names of its columns, and a function from the result to its rows."""

    columns: tuple[str, ...]
    rows: Callable[[Any], Iterable[tuple[object, ...]]]


@dataclass(frozen=True)
class LabPart:
    """The part of a lab in which the experiment uses the trained weights of finished runs, up to `most_runs` together.

    `lab` and `part` are the names in the address, `button` is the label on the Runs page, and `controls` gives the
    values of the part's controls, as the address writes them, from the parameters of a request.
    """

    lab: str
    part: str
    button: str
    most_runs: int
    controls: Callable[[Mapping[str, Any]], Mapping[str, str]]


def controls_named(*names: str) -> Callable[[Mapping[str, Any]], Mapping[str, str]]:
    """The `controls` of a part whose controls have the names and the values of the parameters."""
    return lambda parameters: {name: str(parameters[name]) for name in names}


@dataclass(frozen=True)
class ExperimentDescription:
    """One experiment. Its computation is the function of the same name in `explorer.engine.experiments`.

    `networks` are the fewest and the most networks that it takes. One that `trains` uses the training settings of the
    request; one that does not takes networks with random weights and has a parameter `batch`, in images. Without
    `sharing` one process computes the whole, without `lab` no finished run is used.
    """

    result: type[ExperimentResult]
    label: str
    """Translated where it is shown; what follows is read in the sources."""
    about: str
    source: str
    networks: tuple[int, int]
    table: Table
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    trains: bool = True
    sharing: Sharing | None = None
    work: Callable[[RequestValues], Work] = training_work
    lab: LabPart | None = None

    @property
    def name(self) -> str:
        """The name in requests, in stored results and in the catalogue: the result's `kind`."""
        return self.result.kind
