"""What the processes that make data sets are asked for, and what they answer."""

from dataclasses import dataclass


@dataclass(frozen=True)
class FetchRequest:
    """A known data set, from a `source` on this machine, or downloaded where there is none."""

    name: str
    source: str = ""
    folder: str = ""
    """Where unfinished work lies; the job names it."""


@dataclass(frozen=True)
class OwnImagesRequest:
    """A user's own images: a folder or a ZIP archive at `source`."""

    label: str
    side: int | None = None
    """Pixels; None for what suits the pictures."""
    owner: str = ""
    """The visitor on whose list the data set is put; empty on the command line."""
    keep: tuple[str, ...] = ()
    """Data sets that may not be removed to make room."""
    source: str = ""
    folder: str = ""
    """Where unfinished work lies; the job names it."""


Request = FetchRequest | OwnImagesRequest


@dataclass(frozen=True)
class ImportReport:
    """What was read of a user's own images and what was left out. The names are those of the data set's file."""

    images: int
    copies: int
    empty: tuple[str, ...]
    """Class folders in which no image could be read."""
    rule: str
    """How the images were brought to one size, in a sentence."""
    split: str
    """How they were divided into the two parts, in a sentence."""
    skipped: tuple[tuple[str, str], ...]
    """The first files that were left out, and why."""
    skipped_count: int


@dataclass(frozen=True)
class MadeDataset:
    """A data set that is ready; the report is of a user's own images."""

    name: str
    report: ImportReport | None = None
