"""How much of a user's own images is read: on a page that others share, and in a terminal by what the machine has."""

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from explorer.datasets.array_file import datasets_directory
from explorer.jobs.capacity import GIB, memory_bytes
from explorer.language import N_

MIB = 2**20


@dataclass(frozen=True)
class Bounds:
    """Bytes, except for `pictures` and `named_files`. Files that are no pictures count for `entries` only."""

    owner: str
    """Whose bounds these are, in the sentences that say them."""
    pictures: int
    entries: int
    """Names in a folder or an archive, of whatever files."""
    picture_files: int
    """All picture files together, unpacked."""
    pixels: int
    """The finished data set."""
    all_own: int
    """All own data sets that are kept."""
    memory: int
    """What the process that reads may take."""
    named_files: int = 200
    """Files left out that the report names; the others are counted."""


PAGE = Bounds(N_("this page"), 60_000, 1_000_000, 2 * GIB, 768 * MIB, 4 * GIB, 4 * GIB)
SHARE_OF_MEMORY = 0.25
"""The images are held about twice while they are gathered, beside what the decoder needs."""


def machine_bounds() -> Bounds:
    """The bounds of this machine's memory and disk, never narrower than the page's. Raises StoreError."""
    memory = memory_bytes()
    disk = shutil.disk_usage(datasets_directory()).free
    return Bounds(
        N_("this machine"),
        pictures=10_000_000,
        entries=20_000_000,
        picture_files=max(PAGE.picture_files, 1024 * GIB),
        pixels=max(PAGE.pixels, min(int(SHARE_OF_MEMORY * memory), disk // 2)),
        all_own=max(PAGE.all_own, disk // 2),
        memory=max(PAGE.memory, memory),
        named_files=10_000,
    )


BOUNDS: Mapping[str, Callable[[], Bounds]] = MappingProxyType({"page": lambda: PAGE, "machine": machine_bounds})
