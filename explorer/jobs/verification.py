"""Checks against torch, each in a process of its own: one specification, and the three forms of ResNeXt's block."""

from dataclasses import dataclass

from explorer.jobs.errors import text_of
from explorer.jobs.one_shot import ChildError, OneShot
from explorer.language import Text, _, joined, told
from explorer.model import ModelSpec

MODULE = "explorer.engine.jobs.verify"


@dataclass(frozen=True)
class VerificationRequest:
    """A specification, as JSON."""

    spec: str


@dataclass(frozen=True)
class VerificationCheck:
    """One thing that was compared, in words."""

    name: str
    ok: bool
    detail: Text


@dataclass(frozen=True)
class LayerDifference:
    """The first layer on which graph and torch disagree."""

    path: str
    what: str
    """`keys`, `parameters`, `buffers`, `output shape`, or `multiply-adds`."""
    graph: str
    torch: str


@dataclass(frozen=True)
class VerificationResult:
    """Whether torch agrees with the graph, layer by layer, and if not, where first.

    `params` and `macs` are torch's: parameters, and multiply-adds of one image. `seconds` is how long the check took.
    """

    checks: tuple[VerificationCheck, ...] = ()
    difference: LayerDifference | None = None
    layers: int = 0
    params: int = 0
    macs: int = 0
    torch: str = ""
    """torch's version."""
    seconds: float = 0.0
    not_checked: Text = ""
    """Why nothing was found out, in a sentence; empty where the check was made."""

    @property
    def ok(self) -> bool:
        """Whether the check was made and everything agrees."""
        return not self.not_checked and all(check.ok for check in self.checks)


def verification_sentence(result: VerificationResult) -> str:
    """For the reader: what was found to be equal, what differs first, or why nothing was found out."""
    if result.not_checked:
        return _("Not checked: {reason}").format(reason=told(result.not_checked))
    if failed := next((check for check in result.checks if not check.ok), None):
        return _("{detail}.").format(detail=told(failed.detail))
    details = joined("; ", *(check.detail for check in result.checks))
    return _("Counts checked against torch {version}: {details}.").format(version=result.torch, details=details)


class VerificationHandle(OneShot[VerificationResult]):
    """A check of `spec` under way. Raises ChildError if it cannot start."""

    def __init__(self, spec: ModelSpec) -> None:
        super().__init__(MODULE, VerificationRequest(spec.to_json()), VerificationResult)
        self.spec = spec

    def result(self, seconds: float | None = None) -> VerificationResult:
        """What was found, waiting up to `seconds`. Never raises: a check that failed says why it was not made."""
        try:
            return super().result(seconds)
        except ChildError as error:
            return VerificationResult(not_checked=text_of(error))


FORMS_MODULE = "explorer.engine.jobs.equivalent_forms"


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
    return OneShot(FORMS_MODULE, FormSizes(cardinality, width, channels), FormDifferences)
