"""What the processes that make data sets are asked for, and what they answer."""

from dataclasses import dataclass

from explorer.datasets.image_report import ImageReport


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
    outer: str = ""
    """What the outer folders are: `parts`, `classes`, or empty for what their names say."""
    bounds: str = "page"
    """A key of `explorer.datasets.bounds.BOUNDS`."""
    only_report: bool = False
    """Nothing is kept."""


Request = FetchRequest | OwnImagesRequest


@dataclass(frozen=True)
class MadeDataset:
    """A data set that is ready; the report is of a user's own images, and without a name the only answer."""

    name: str
    report: ImageReport | None = None
