"""A study: networks, settings and seeds as one frozen value, and the cells of its grid."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import product
from math import prod
from typing import Any, NamedTuple

from explorer.jobs.errors import SettingsError
from explorer.language import sentence
from explorer.model import ModelSpec, SpecError
from explorer.model.errors import FieldError
from explorer.runs.limits import check_trainable
from explorer.runs.records import NamedNetwork
from explorer.runs.settings import TrainingSettings
from explorer.studies.bounds import MOST_RUNS, MOST_SEEDS

LAYERS = "layers"
"""What the factor is called whose values are blocks by stage: on an axis they are the layers of the networks."""
Factor = tuple[str, float | str]
"""The name of what is varied, and its value in one cell."""


class StudyError(FieldError):
    """A study cannot be read or started; `field` is the place in its file."""


@dataclass(frozen=True)
class StudyNetwork:
    """A network of a study: a base, and fields whose first values belong together, whose second do, and so on.

    Without `values` it is the base alone. The first field is the factor.
    """

    name: str
    base: ModelSpec
    values: Mapping[str, Sequence[Any]] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """How many networks it stands for."""
        return len(next(iter(self.values.values()), [None]))

    def variants(self) -> Sequence[tuple[ModelSpec, tuple[Factor, ...]]]:
        """Each of them, with its place along the factor. Raises StudyError."""
        if not self.values:
            return [(self.base, ())]
        return [self._variant(place) for place in range(self.count)]

    def _variant(self, place: int) -> tuple[ModelSpec, tuple[Factor, ...]]:
        factor, values = next(iter(self.values.items()))
        changed = {name: each[place] for name, each in self.values.items()}
        try:
            spec = ModelSpec.from_dict(self.base.to_dict() | changed)
        except SpecError as error:
            told = sentence("{networks}: {message}", networks=f"{self.name}, {changed}"[:120], message=error.told)
            raise StudyError(error.field, told) from error
        if factor == "stage_blocks":
            return spec, ((LAYERS, spec.depth),)
        value = values[place]
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return spec, ((factor, value if is_number else str(value)),)


class Cell(NamedTuple):
    """A network with settings: what is trained once with each seed. The settings' own seed is 0."""

    network: str
    factors: tuple[Factor, ...]
    spec: ModelSpec
    settings: TrainingSettings

    @property
    def label(self) -> str:
        """The name of its runs, which no other cell of the study has."""
        return ", ".join([self.network, *(f"{name} {value}" for name, value in self.factors)])


@dataclass(frozen=True)
class Study:
    """A grid: each network with each combination of the settings in `grid`, with each seed.

    All cells are trained with the same seeds, so with the same order of the data. Raises StudyError where that is more
    than the bounds allow; `check` says whether each cell can be trained.
    """

    title: str
    networks: tuple[StudyNetwork, ...]
    settings: TrainingSettings
    grid: Mapping[str, Sequence[Any]]
    seeds: tuple[int, ...]
    about: str = ""

    def __post_init__(self) -> None:
        if not 1 <= len(self.seeds) <= MOST_SEEDS:
            told = sentence("{count:,} seeds; a study has 1 to {most}.", count=len(self.seeds), most=MOST_SEEDS)
            raise StudyError("seeds", told)
        if self.count > MOST_RUNS:
            told = sentence(
                "this study has {count:,} runs, and one may have {most:,}: take fewer values, networks or seeds, or"
                " divide it into several files.",
                count=self.count,
                most=MOST_RUNS,
            )
            raise StudyError("study", told)

    @property
    def count(self) -> int:
        """How many runs it has; told without making any of its networks."""
        cells = sum(network.count for network in self.networks) * prod(len(each) for each in self.grid.values())
        return cells * len(self.seeds)

    @cached_property
    def cells(self) -> Sequence[Cell]:
        """The grid, one network after another for each combination of settings. Raises StudyError."""
        found = []
        for values in product(*self.grid.values()):
            chosen: dict[str, Any] = dict(zip(self.grid, values, strict=True))
            try:
                settings = replace(self.settings, **chosen)
            except SettingsError as error:
                raise StudyError(f"grid.{error.field}", error.told) from error
            for network in self.networks:
                for spec, factors in network.variants():
                    found.append(Cell(network.name, (*factors, *chosen.items()), spec, settings))
        return found

    @property
    def batches(self) -> Mapping[TrainingSettings, Sequence[NamedNetwork]]:
        """The networks that are trained together: those with the same settings."""
        found: dict[TrainingSettings, list[NamedNetwork]] = {}
        for cell in self.cells:
            found.setdefault(cell.settings, []).append(NamedNetwork(cell.label, cell.spec))
        return found

    def with_seeds(self, count: int) -> "Study":
        """The study with so many seeds in all: further ones follow the largest. Raises StudyError."""
        if not 1 <= count <= MOST_SEEDS:
            raise StudyError(
                "seeds", sentence("{count:,} seeds; a study has 1 to {most}.", count=count, most=MOST_SEEDS)
            )
        following = range(max(self.seeds) + 1, max(self.seeds) + 1 + max(0, count - len(self.seeds)))
        return replace(self, seeds=(*self.seeds[:count], *following))

    def check(self) -> None:
        """Returns where every cell can be trained on this machine. Raises StudyError, which names the cell."""
        labels = [cell.label for cell in self.cells]
        if repeated := next((label for label, count in Counter(labels).items() if count > 1), ""):
            told = sentence("two cells of the study are both {name}; give each value once.", name=repeated)
            raise StudyError("study", told)
        for cell in self.cells:
            try:
                check_trainable(cell.spec, cell.settings)
            except (SpecError, SettingsError) as error:
                message = SettingsError.of(error).message
                raise StudyError(
                    error.field, sentence("{networks}: {message}.", networks=cell.label, message=message)
                ) from error
