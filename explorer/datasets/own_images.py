"""A user's own pictures, a folder of class folders or a ZIP of one, made into a data set of small squares."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.datasets.archive import MIB, Member, OwnDataError, Source, UnreadableError, open_source
from explorer.datasets.contact_sheet import contact_sheet
from explorer.datasets.decode import ENDINGS, Picture, picture_size, read_picture
from explorer.datasets.requests import ImportReport
from explorer.jobs.codec import to_plain

MOST_CLASSES = 1000
SMALLEST_SIDE, USUAL_SIDE, LARGEST_SIDE = 8, 32, 128
LARGEST_KEPT_SIDE = 64
"""Pixels; square pictures of one size up to this stay as they are if no side is chosen."""
MOST_KEPT = 768 * MIB
"""Bytes of pixels in the finished data set."""
MOST_NAMED = 200
"""Files left out that the report names; the others are counted."""
NOT_A_PICTURE = "does not have the name of a picture"
"""What follows the name of a file with another ending than a picture's."""

Progress = Callable[[int, int], None]


@dataclass
class Gathered:
    """What has been read so far: for each class the pictures with their files' digests and parts."""

    pictures: dict[str, list[tuple[str, str, Picture]]] = field(default_factory=lambda: defaultdict(list))
    copies: int = 0
    sizes: set[tuple[int, int]] = field(default_factory=set)


@dataclass(frozen=True)
class Plan:
    """A picture file to read: its class, and its part where the folders say so."""

    member: Member
    class_name: str
    part: str


def read_own_data(
    path: Path, label: str, side: int | None, progress: Progress
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The arrays and the facts of the data set at `path`; `side` in pixels, None for what suits the pictures.

    Raises OwnDataError with a sentence where there is nothing to train on.
    """
    with open_source(path) as source:
        plans = _plan(source)
        chosen = _side(plans, side)
        if len(plans) * chosen * chosen * 3 > MOST_KEPT:
            raise OwnDataError(
                f"{len(plans):,} images of {chosen}×{chosen} pixels take more than {MOST_KEPT // MIB} MiB;"
                " choose a smaller side."
            )
        gathered = _gather(plans, chosen, source, progress)
        empty = _empty_classes(plans, source, gathered)
    classes = sorted(gathered.pictures)
    if len(classes) < 2:
        raise OwnDataError(_too_few(classes, source))
    if len(classes) > MOST_CLASSES:
        raise OwnDataError(f"There are {len(classes):,} class folders; at most {MOST_CLASSES:,} are taken.")
    arrays, split = _arrays(gathered, classes)
    return arrays, _facts(arrays, classes, label, chosen, _report(gathered, source, empty, chosen, split))


def _plan(source: Source) -> list[Plan]:
    """The picture files with their classes; all other files are added to the skipped ones."""
    pictures = []
    for member in source.members:
        if member.path.suffix.lower() in ENDINGS:
            pictures.append(member)
        else:
            source.skipped.append((str(member.path), NOT_A_PICTURE))
    depth = strip_common(member.path for member in pictures)
    inner = [member for member in pictures if len(member.path.parts) > depth + 1]
    parts = parts_of({member.path.parts[depth] for member in inner})
    plans = []
    for member in pictures:
        below = member.path.parts[depth:-1]
        if parts:
            part, below = parts.get(below[0] if below else "", ""), below[1:]
            if not part:
                source.skipped.append((str(member.path), f"lies outside of {' and '.join(parts)}"))
                continue
        else:
            part = ""
        if below:
            plans.append(Plan(member, below[0], part))
        else:
            source.skipped.append((str(member.path), "lies in no class folder"))
    if not plans:
        raise OwnDataError("No picture lies in a class folder; expected is CLASS/picture.png, one folder a class.")
    return plans


def _side(plans: list[Plan], wanted: int | None) -> int:
    if wanted is not None:
        if not SMALLEST_SIDE <= wanted <= LARGEST_SIDE:
            raise OwnDataError(f"The side must be {SMALLEST_SIDE} to {LARGEST_SIDE} pixels, not {wanted}.")
        return wanted
    sizes = set()
    for plan in plans:
        try:
            sizes.add(picture_size(plan.member.read()))
        except UnreadableError:
            continue
        if len(sizes) > 1:
            return USUAL_SIDE
    width, height = next(iter(sizes), (0, 0))
    return width if width == height and SMALLEST_SIDE <= width <= LARGEST_KEPT_SIDE else USUAL_SIDE


def _gather(plans: list[Plan], side: int, source: Source, progress: Progress) -> Gathered:
    found = Gathered()
    seen: set[tuple[str, str, str]] = set()
    for count, plan in enumerate(plans, 1):
        try:
            data = plan.member.read()
            name = hashlib.sha256(data).hexdigest()
            if (plan.class_name, plan.part, name) in seen:
                found.copies += 1
            else:
                picture = read_picture(data, side)
                found.pictures[plan.class_name].append((plan.part, name, picture))
                seen.add((plan.class_name, plan.part, name))
        except UnreadableError as error:
            source.skipped.append((str(plan.member.path), str(error)))
        progress(count, len(plans))
    return found


def _arrays(gathered: Gathered, classes: list[str]) -> tuple[dict[str, NDArray[Any]], str]:
    """The images by part, each class in an order of its contents; and how they were split, in words."""
    parts: dict[str, list[tuple[Picture, int]]] = {"train": [], "test": []}
    given = any(part for rows in gathered.pictures.values() for part, _, _ in rows)
    for label, name in enumerate(classes):
        rows = gathered.pictures[name]
        # By the contents alone, not by names or number.
        order = sorted(range(len(rows)), key=lambda index: rows[index][1])
        count = for_testing(len(rows))
        for place, index in enumerate(order):
            part = rows[index][0] or ("test" if place < count else "train")
            parts[part].append((rows[index][2], label))
    for part, chosen in parts.items():
        if not chosen:
            raise OwnDataError(f"No picture is left for the {part} part; a class needs at least two.")
    grey = all(picture.grey for chosen in parts.values() for picture, _ in chosen)
    arrays: dict[str, NDArray[Any]] = {}
    for part, chosen in parts.items():
        pixels = np.stack([picture.pixels for picture, _ in chosen])
        arrays[f"{part}_images"] = np.ascontiguousarray(pixels[..., :1] if grey else pixels)
        arrays[f"{part}_labels"] = np.array([label for _, label in chosen], np.int64)
    split = "the folders' own parts" if given else f"one of {TEST_EVERY} of each class for testing, drawn by content"
    arrays["sheet"] = contact_sheet(arrays["train_images"], arrays["train_labels"], len(classes))
    return arrays, split


def _facts(
    arrays: dict[str, NDArray[Any]], classes: list[str], label: str, side: int, report: ImportReport
) -> dict[str, Any]:
    content = hashlib.sha256("\0".join(classes).encode())
    for part in ("train", "test"):
        content.update(str(arrays[f"{part}_images"].shape).encode())
        content.update(arrays[f"{part}_images"].tobytes() + arrays[f"{part}_labels"].tobytes())
    name = " ".join("".join(char if char.isprintable() else " " for char in label).split())[:60] or "own images"
    dataset = {
        "label": name,
        "about": "A user's own images, kept on this machine only.",
        "channels": int(arrays["train_images"].shape[3]),
        "image_size": side,
        "classes": classes,
        "train_images": len(arrays["train_labels"]),
        "test_images": len(arrays["test_labels"]),
        "mirror": True,
    }
    return {"name": f"own_{content.hexdigest()[:32]}", "dataset": dataset, "report": to_plain(report)}


def _report(gathered: Gathered, source: Source, empty: list[str], side: int, split: str) -> ImportReport:
    grey = all(picture.grey for rows in gathered.pictures.values() for _, _, picture in rows)
    return ImportReport(
        images=sum(len(rows) for rows in gathered.pictures.values()),
        copies=gathered.copies,
        empty=tuple(empty),
        rule=f"Shorter side {side} pixels (bicubic, where it was another), cut square around the middle, turned as"
        f" the camera says; {'grey' if grey else 'in colour'}.",
        split=f"Parts: {split}.",
        skipped=tuple(source.skipped[:MOST_NAMED]),
        skipped_count=len(source.skipped),
    )


def _empty_classes(plans: list[Plan], source: Source, gathered: Gathered) -> list[str]:
    """Class folders without a picture that can be read, and folders without anything."""
    filled = {parent for member in source.members for parent in member.path.parents}
    bare = {folder.name for folder in source.folders - filled}
    return sorted(bare | {plan.class_name for plan in plans} - set(gathered.pictures))


def _too_few(classes: list[str], source: Source) -> str:
    left_out = ""
    if source.skipped:
        path, why = source.skipped[0]
        left_out = f" {len(source.skipped):,} files could not be used, such as {PurePosixPath(path).name}, which {why}."
    if not classes:
        return f"No picture could be read.{left_out}"
    return f"There is one class only ({classes[0]}); telling apart needs two or more.{left_out}"


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


def for_testing(count: int) -> int:
    """How many of a class's images are kept for testing: a fifth, at least one of two, none of one."""
    return 0 if count < 2 else max(1, count // TEST_EVERY)
