"""The numbers beside ResNeXt's three forms, calculated by a child process."""

from dataclasses import dataclass

from explorer.jobs.one_shot import OneShot

MODULE = "explorer.engine.jobs.equivalent_forms"


@dataclass(frozen=True)
class FormSizes:
    """A block: the number of groups, the channels of one group, and the channels outside."""

    cardinality: int
    width: int
    channels: int


@dataclass(frozen=True)
class FormDifference:
    """One form beside the grouped convolution, on the same weights and images, in double precision."""

    form: str
    """Key of `outputs.drawing.resnext_forms.FORMS`."""
    parameters: int
    """Of the convolutions."""
    largest_difference: float
    """Of any output from the grouped form's."""


FormDifferences = tuple[FormDifference, ...]


def start_equivalence(cardinality: int, width: int, channels: int) -> OneShot[FormDifferences]:
    """Begins to compare the three forms of a block with these sizes. Raises ChildError where it cannot start."""
    return OneShot(MODULE, FormSizes(cardinality, width, channels), FormDifferences)
