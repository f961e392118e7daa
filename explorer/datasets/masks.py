"""Masks beside pictures, as data sets for segmentation have them: they are no pictures of a class."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePosixPath

from explorer.datasets.archive import Member
from explorer.datasets.findings import Finding
from explorer.language import N_, Text

MASK_NAME = re.compile(
    r"(?P<picture>.+?)[ _.-]+(masks?|seg(mentation)?s?|labels?|gt|ground[ _-]?truth|annotations?)([ _.-]*\d+)?",
    re.IGNORECASE,
)
MASK_FOLDER = re.compile(
    r"((?P<pictures>.+)[ _.-])?(masks?|segmentations?|ground[ _-]?truths?|annotations?)", re.IGNORECASE
)
PICTURE_FOLDER = re.compile(r"(jpe?g|png)?(images?|imgs?|pictures?|photos?|originals?|inputs?)", re.IGNORECASE)
"""Only beside such a folder is one called `mask` no class: `mask` and `no_mask` are classes of many data sets."""
ALIKE = 0.5
"""Share of a folder's names that a folder of pictures has too, from which it is one of masks."""


def without_masks(pictures: Sequence[Member], skipped: list[tuple[str, Text]], findings: list[Finding]) -> list[Member]:
    """The pictures that are not the masks of others; the masks are added to what is skipped and found."""
    stems: Mapping[PurePosixPath, set[str]] = defaultdict(set)
    for member in pictures:
        stems[member.path.parent].add(member.path.stem)
    folders = {folder for folder in stems if MASK_FOLDER.fullmatch(folder.name) and _mirrors(folder, stems)}
    kept: list[Member] = []
    masks: list[Member] = []
    for member in pictures:
        name = MASK_NAME.fullmatch(member.path.stem)
        is_mask = member.path.parent in folders or (name and name["picture"] in stems[member.path.parent])
        (masks if is_mask else kept).append(member)
    skipped += [(str(member.path), N_("is the mask of another picture")) for member in masks]
    if masks:
        findings.append(Finding("masks", tuple(_places(masks)), len(masks)))
    return kept


def _mirrors(folder: PurePosixPath, stems: Mapping[PurePosixPath, set[str]]) -> bool:
    """Whether the folder of pictures to which these masks belong, above it or beside it, has the same names."""
    name = MASK_FOLDER.fullmatch(folder.name)
    own = {_bare(stem) for stem in stems[folder]}

    def belongs(other: PurePosixPath) -> bool:
        if name is not None and name["pictures"]:
            return other == folder.parent / name["pictures"]
        beside = other.parent == folder.parent and PICTURE_FOLDER.fullmatch(other.name) is not None
        return other == folder.parent or beside

    others = [{_bare(stem) for stem in found} for other, found in stems.items() if belongs(other)]
    return any(len(own & other) >= ALIKE * len(own) for other in others)


def _bare(stem: str) -> str:
    name = MASK_NAME.fullmatch(stem)
    return name["picture"] if name else stem


def _places(masks: Iterable[Member]) -> list[str]:
    return sorted({str(member.path.parent) for member in masks})
