"""What was read of a user's own images, what was left out, and what a reader should know: values first, then words."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from explorer.datasets.findings import NAMED, Finding, sentence_of
from explorer.language import N_, Sentence, Text, _, few, sentence, told


@dataclass(frozen=True)
class ClassCounts:
    """Pictures of a class in each part."""

    train: int
    test: int


@dataclass(frozen=True)
class SkippedFile:
    """A file that was left out; the reason follows its name in a sentence."""

    path: str
    reason: Text


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
    def warnings(self) -> list[Sentence]:
        """The findings in sentences."""
        return [sentence_of(each) for each in self.findings]


DRAWN_EVERY = 5
"""One of so many images of a class is kept for testing where there are no folders for the two parts."""
PARTS: Mapping[str, Sentence] = {
    "folders": sentence("Parts: the folders' own."),
    "drawn": sentence("Parts: one of {every} of each class for testing, drawn by content.", every=DRAWN_EVERY),
}
MORE_LEFT_OUT = N_("And {more:,} more files were left out.")


def to_json(report: ImageReport) -> dict[str, Any]:
    """The report as the command line prints it: a contract."""
    return {
        "classes": {name: asdict(each) for name, each in report.classes.items()},
        "size": report.size,
        "channels": report.channels,
        "parts": report.parts,
        "skipped": [{"path": each.path, "reason": told(each.reason)} for each in report.skipped],
        "skipped_count": report.skipped_count,
        "warnings": list(map(str, report.warnings)),
        "question": list(report.question),
    }


def summary(report: ImageReport) -> Sentence:
    """Sentences on what was read and how it was brought to one form."""
    return sentence(
        "{images:,} images of {classes:,} classes. Shorter side {size} pixels (bicubic, where it was another), cut"
        " square around the middle, turned as the camera says; {colours}. {parts}",
        images=report.images,
        classes=len(report.classes),
        size=report.size,
        colours=sentence("grey") if report.channels == 1 else sentence("in colour"),
        parts=PARTS[report.parts],
    )


def question_text(folders: Sequence[str]) -> Sentence:
    """The question that only the user can answer, with the ways to answer it."""
    return sentence(
        "Are the outer folders ({folders}) parts of the data set or classes? Their names leave it open: answer with"
        " Outer folders on the page, with --outer parts or --outer classes in a terminal.",
        folders=", ".join(folders),
    )


def warning_lines(report: ImageReport) -> Iterator[str]:
    """What a reader should know: a sentence for each finding, then a line for each file that was left out."""
    yield from map(str, report.warnings)
    for each in report.skipped:
        yield _("{name} {reason}.").format(name=each.path, reason=told(each.reason))
    if (more := report.skipped_count - len(report.skipped)) > 0:
        yield _(MORE_LEFT_OUT).format(more=more)


def left_out_by_reason(report: ImageReport) -> Iterator[str]:
    """The files that were left out, a line for each reason with the names of the first."""
    files = defaultdict(list)
    for each in report.skipped:
        files[each.reason].append(each.path)
    for reason, paths in files.items():
        yield _("{names}: {reason}").format(names=few(paths, NAMED), reason=told(reason))


def class_table(report: ImageReport) -> Iterator[str]:
    """Lines of text: the classes with their numbers of pictures, under a head."""
    width = min(max((len(name) for name in report.classes), default=0), 60)
    yield f"{'class':<{width}}  {'train':>9}  {'test':>9}"
    for name, each in report.classes.items():
        yield f"{name[:60]:<{width}}  {each.train:>9,}  {each.test:>9,}"
