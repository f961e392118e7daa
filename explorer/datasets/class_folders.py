"""The class and the part of each file: from the folders that it lies in, or drawn by its content."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePosixPath

TRAIN_NAMES = frozenset({"train", "training"})
TEST_NAMES = ("test", "testing", "val", "valid", "validation")
"""Folders of test images; of several the first is taken."""
TEST_EVERY = 5
"""One of so many images of a class is kept for testing where there are no folders for the two parts."""


def strip_common(paths: Iterable[PurePosixPath]) -> int:
    """The number of outer folders that all images share; the class is the folder below them."""
    folders = {path.parts[:-1] for path in paths if len(path.parts) > 1}
    depth = 0
    while folders and all(len(each) > depth + 1 for each in folders) and len({each[depth] for each in folders}) == 1:
        depth += 1
    # All images in one folder: that folder is the only class.
    return depth


def parts_of(tops: Iterable[str]) -> Mapping[str, str]:
    """Which outer folders hold the training and the test part, as name to `train` or `test`; empty where none do."""
    names = {top.lower(): top for top in tops}
    train = next((names[name] for name in names if name in TRAIN_NAMES), None)
    test = next((names[name] for name in TEST_NAMES if name in names), None)
    return {train: "train", test: "test"} if train and test else {}


def in_order(digests: Sequence[str]) -> list[int]:
    """Places of a class's images in an order that depends on their contents alone, not on their names or number."""
    return sorted(range(len(digests)), key=lambda place: digests[place])


def for_testing(count: int) -> int:
    """How many of a class's images are kept for testing: a fifth, at least one of two, none of one."""
    return 0 if count < 2 else max(1, count // TEST_EVERY)


def digest(data: bytes) -> str:
    """The SHA-256 of a file's content, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()
