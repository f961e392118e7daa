"""The same network trained from several starts: He's weights, the identity, and branches that are scaled down."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar, NamedTuple

from explorer.experiments.catalogue.signal_and_gradient import SignalReading
from explorer.experiments.description import SEEDS, ExperimentDescription, Parameter, Table
from explorer.experiments.request_values import RequestValues, Subject
from explorer.experiments.result import ExperimentResult, Training
from explorer.experiments.work import Work, by_parameter, label_positions
from explorer.language import N_
from explorer.model.field_types import SomeChoices, Whole
from explorer.model.variants.shortcuts import is_plain


class StartFacts(NamedTuple):
    """A start by its label and what it sets; `on_branches`: it changes nothing where there are no branches."""

    label: str
    about: str
    on_branches: bool = False


START_FACTS: Mapping[str, StartFacts] = MappingProxyType(
    {
        "he": StartFacts("He", "random weights, normal, by the fan-out (He et al. 2015b)"),
        "identity": StartFacts(
            N_("identity"),
            "every block passes on what it gets: where there is a shortcut the last layer of the branch starts at 0, "
            "where there is none every convolution is the identity",
        ),
        "dirac": StartFacts("Dirac", "every convolution of a block is the identity, on branches too, so that F(x) = x"),
        "branch_root": StartFacts("1/√L", "the branch times 1/√L for L blocks, a constant", on_branches=True),
        "skip_init": StartFacts(
            "SkipInit, ReZero",
            "the branch times a trained number that starts at 0 (De and Smith 2020; Bachlechner et al. 2020)",
            on_branches=True,
        ),
        "fixup": StartFacts(
            "Fixup",
            "the last layers start at 0, the others of a branch are smaller, and numbers are added and multiplied "
            "(Zhang et al. 2019)",
            on_branches=True,
        ),
    }
)
"""Every start by its name in requests. `explorer.engine.experiments.start_values.STARTS` sets the values."""


@dataclass(frozen=True)
class StartPoint:
    """A network from one start with one seed: the reading before the first step, and its training."""

    label: str
    start: str
    blocks: tuple[str, ...]
    reading: SignalReading
    training: Training


@dataclass(frozen=True)
class StartsResult(ExperimentResult):
    """Every network from every start that changes something in it, with every seed."""

    kind: ClassVar[str] = "starts"
    points: tuple[StartPoint, ...]


def started(request: RequestValues) -> list[tuple[Subject, str]]:
    """The pairs of network and start that a request asks for, in the order of the result."""
    return [
        (subject, start)
        for subject in request.networks
        for start in request.parameters["starts"]
        if not (START_FACTS[start].on_branches and is_plain(subject.spec))
    ]


COLUMNS = (
    "network",
    "start",
    "seed",
    "block",
    "stream_mean_square",
    "branch_mean_square",
    "final_train_loss",
    "final_test_error",
    "diverged",
)


def _rows(result: StartsResult) -> Iterator[tuple[object, ...]]:
    for point in result.points:
        trained = (point.training.train_loss, point.training.test_error, point.training.diverged)
        sizes = zip(point.reading.stream_mean_square, point.reading.branch_mean_square, strict=True)
        for block, values in zip(point.blocks, sizes, strict=True):
            yield point.label, point.start, point.training.seed, block, *values, *trained


def _work(request: RequestValues) -> Work:
    return Work(tuple(subject.spec for subject, _ in started(request)) * request.parameters["seeds"])


def _position(request: RequestValues, point: StartPoint) -> tuple[int, int, int]:
    return point.training.seed, label_positions(request)[point.label], list(START_FACTS).index(point.start)


STARTS = ExperimentDescription(
    StartsResult,
    N_("Starts"),
    "Trains networks from several starts, and reads the sizes of stream and branches before the first step.",
    "De and Smith 2020, section 3; Zhang et al. 2019, section 3",
    networks=(1, 4),
    table=Table(COLUMNS, _rows),
    parameters={
        "starts": Parameter(SomeChoices(START_FACTS), ("he", "identity"), "Starts", "Values before the first step."),
        "images": Parameter(Whole(8, 1024), 64, "Images", "Training images in the batch that is used for reading."),
        "seeds": SEEDS,
    },
    sharing=by_parameter("starts", lambda start: 1.0, _position),
    work=_work,
)
