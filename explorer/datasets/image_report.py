"""What was read of a user's own images, what was left out, and what a reader should know: values first, then words."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from explorer.datasets.findings import NAMED, Finding, sentence_of


@dataclass(frozen=True)
class ClassCounts:
    """Pictures of a class in each part."""

    train: int
    test: int


@dataclass(frozen=True)
class SkippedFile:
    """A file that was left out; the reason follows its name in a sentence."""

    path: str
    reason: str


@dataclass(frozen=True)
class ImageReport:
    """The report of a folder or an archive of class folders. It is kept in the data set's file under these names."""

    classes: Mapping[str, ClassCounts]
    size: int
    """Side of the square images in pixels."""
    channels: int
    parts: str
    """Whose parts these are: `folders`, or `drawn`."""
    findings: tuple[Finding, ...] = ()
    skipped: tuple[SkippedFile, ...] = ()
    """The first files that were left out."""
    skipped_count: int = 0
    question: tuple[str, ...] = ()
    """Folders of which only the user knows whether they are parts or classes."""

    @property
    def images(self) -> int:
        """All pictures."""
        return sum(each.train + each.test for each in self.classes.values())

    @property
    def warnings(self) -> list[str]:
        """The findings in sentences."""
        return [sentence_of(each) for each in self.findings]


DRAWN_EVERY = 5
"""One of so many images of a class is kept for testing where there are no folders for the two parts."""
PARTS: Mapping[str, str] = {
    "folders": "Parts: the folders' own.",
    "drawn": f"Parts: one of {DRAWN_EVERY} of each class for testing, drawn by content.",
}
MORE_LEFT_OUT = "And {:,} more files were left out."


def to_json(report: ImageReport) -> dict[str, Any]:
    """The report as the command line prints it: a contract."""
    return {
        "classes": {name: asdict(each) for name, each in report.classes.items()},
        "size": report.size,
        "channels": report.channels,
        "parts": report.parts,
        "skipped": [asdict(each) for each in report.skipped],
        "skipped_count": report.skipped_count,
        "warnings": report.warnings,
        "question": list(report.question),
    }


def summary(report: ImageReport) -> str:
    """Sentences on what was read and how it was brought to one form."""
    return (
        f"{report.images:,} images of {len(report.classes):,} classes. Shorter side {report.size} pixels"
        f" (bicubic, where it was another), cut square around the middle, turned as the camera says;"
        f" {'grey' if report.channels == 1 else 'in colour'}. {PARTS[report.parts]}"
    )


def question_text(folders: Sequence[str]) -> str:
    """The question that only the user can answer, with the ways to answer it."""
    return (
        f"Are the outer folders ({', '.join(folders)}) parts of the data set or classes? Their names leave it open:"
        " answer with Outer folders on the page, with --outer parts or --outer classes in a terminal."
    )


def warning_lines(report: ImageReport) -> Iterator[str]:
    """What a reader should know: a sentence for each finding, then a line for each file that was left out."""
    yield from report.warnings
    for each in report.skipped:
        yield f"{each.path} {each.reason}."
    if (more := report.skipped_count - len(report.skipped)) > 0:
        yield MORE_LEFT_OUT.format(more)


def left_out_by_reason(report: ImageReport) -> Iterator[str]:
    """The files that were left out, a line for each reason with the names of the first."""
    files = defaultdict(list)
    for each in report.skipped:
        files[each.reason].append(each.path)
    for reason, paths in files.items():
        more = f" and {len(paths) - NAMED:,} more" if len(paths) > NAMED else ""
        yield f"{', '.join(paths[:NAMED])}{more}: {reason}"


def class_table(report: ImageReport) -> Iterator[str]:
    """Lines of text: the classes with their numbers of pictures, under a head."""
    width = min(max((len(name) for name in report.classes), default=0), 60)
    yield f"{'class':<{width}}  {'train':>9}  {'test':>9}"
    for name, each in report.classes.items():
        yield f"{name[:60]:<{width}}  {each.train:>9,}  {each.test:>9,}"
