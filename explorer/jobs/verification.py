"""The background check of one specification against torch: started here, run in a process of its own."""

from dataclasses import dataclass
from typing import Any

from explorer.jobs.one_shot import Child, ChildError
from explorer.model import ModelSpec

MODULE = "explorer.engine.jobs.verify"


@dataclass(frozen=True)
class VerificationCheck:
    """One thing that was compared, in words."""

    name: str
    ok: bool
    detail: str


@dataclass(frozen=True)
class VerificationResult:
    """Whether torch agrees with the graph, layer by layer, and if not, where first."""

    ok: bool
    sentence: str
    """For the reader: what was found to be equal, the first layer that differs, or why nothing was found out."""
    checks: tuple[VerificationCheck, ...]
    first_difference: str | None
    """Path of the first layer that differs."""
    torch: str
    seconds: float


@dataclass(frozen=True)
class VerificationHandle:
    """A check under way."""

    spec: ModelSpec
    child: Child

    @property
    def done(self) -> bool:
        """Whether `result` returns at once."""
        return self.child.done

    def result(self, seconds: float | None = None) -> VerificationResult:
        """What was found, waiting up to `seconds`. Never raises: a check that failed says so in its sentence."""
        try:
            return _read(self.child.result(seconds))
        except ChildError as error:
            return VerificationResult(False, f"Not checked: {error}", (), None, "", 0.0)

    def cancel(self) -> None:
        """End the check."""
        self.child.cancel()


def start_verification(spec: ModelSpec, timeout: float = 120.0) -> VerificationHandle:
    """Begin to check `spec` against torch; it ends by itself after `timeout` seconds. ChildError if it cannot start."""
    return VerificationHandle(spec, Child(MODULE, spec.to_json(), timeout))


def _read(outcome: dict[str, Any]) -> VerificationResult:
    checks = tuple(VerificationCheck(**check) for check in outcome["checks"])
    difference = outcome["difference"]
    failed = [check for check in checks if not check.ok]
    sentence = (
        f"{failed[0].detail}."
        if failed
        else f"Counts checked against torch {outcome['torch']}: " + "; ".join(check.detail for check in checks) + "."
    )
    path = difference["path"] if difference else None
    return VerificationResult(outcome["ok"], sentence, checks, path, outcome["torch"], outcome["seconds"])
