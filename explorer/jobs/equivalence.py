"""The numbers beside ResNeXt's three forms, asked of a child process."""

import json
from dataclasses import dataclass

from explorer.jobs.one_shot import Child

MODULE = "explorer.engine.jobs.equivalent_forms"


@dataclass(frozen=True)
class FormDifference:
    """One form beside the grouped convolution, on the same weights and images, in double precision."""

    form: str
    parameters: int
    largest_difference: float


@dataclass(frozen=True)
class EquivalenceHandle:
    """A comparison under way."""

    child: Child

    @property
    def done(self) -> bool:
        """Whether `result` returns at once."""
        return self.child.done

    def result(self, seconds: float | None = None) -> tuple[FormDifference, ...]:
        """The three forms. Raises ChildError if there is no result (yet)."""
        return tuple(FormDifference(**row) for row in self.child.result(seconds))


def start_equivalence(cardinality: int, width: int, channels: int) -> EquivalenceHandle:
    """Begin to compare the forms of a block with these sizes."""
    sizes = {"cardinality": cardinality, "width": width, "channels": channels}
    return EquivalenceHandle(Child(MODULE, json.dumps(sizes)))
