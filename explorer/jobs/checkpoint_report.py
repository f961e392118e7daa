"""What became of a checkpoint that was compared with a network, and the same as lines of text."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

MOST_KEYS = 1000
"""Keys of each kind that a report lists; the others are counted."""


@dataclass(frozen=True)
class WrongShape:
    """A tensor whose key fits and whose shape or type does not, as the network has it and as the checkpoint has it."""

    key: str
    expected: str
    found: str


@dataclass(frozen=True)
class CheckpointReport:
    """What became of a checkpoint. Nothing was loaded unless it fits. Of each kind the first 1,000 keys are listed."""

    source: str
    matched: int
    """Tensors whose key and shape are the network's."""
    renaming: str
    """The implementation whose names the keys are."""
    missing_count: int = 0
    missing: tuple[str, ...] = ()
    """Keys that the network has and the checkpoint lacks."""
    unexpected_count: int = 0
    unexpected: tuple[str, ...] = ()
    """Keys that the checkpoint has and the network lacks."""
    wrong_count: int = 0
    wrong: tuple[WrongShape, ...] = ()

    @property
    def fits(self) -> bool:
        """Whether every tensor fits, and all were loaded."""
        return not (self.missing_count or self.unexpected_count or self.wrong_count)


def report_summary(report: CheckpointReport) -> str:
    """One sentence without its full stop."""
    if report.fits:
        return f"{report.source} fits: {report.matched:,} tensors loaded, by the names of {report.renaming}"
    return (
        f"{report.source} does not fit, nothing was loaded: {report.missing_count:,} keys missing, "
        f"{report.unexpected_count:,} unexpected, {report.wrong_count:,} of another shape, {report.matched:,} alike"
    )


def report_lines(report: CheckpointReport) -> Iterator[str]:
    """The summary, then every mismatch, key by key."""
    yield f"{report_summary(report)}."
    yield from _listed(report.missing_count, [f"missing     {key}" for key in report.missing])
    yield from _listed(report.unexpected_count, [f"unexpected  {key}" for key in report.unexpected])
    wrong = [f"wrong shape {each.key}: {each.expected} here, {each.found} there" for each in report.wrong]
    yield from _listed(report.wrong_count, wrong)


def _listed(count: int, lines: Sequence[str]) -> Iterator[str]:
    yield from lines
    if (more := count - len(lines)) > 0:
        yield f"... and {more:,} more"
