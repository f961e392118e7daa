"""A user's own pictures, a folder of class folders or a ZIP of one, made into a data set of small squares."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.datasets.archive import Member, OwnDataError, Source, UnreadableError, open_source
from explorer.datasets.bounds import MIB, PAGE, Bounds
from explorer.datasets.contact_sheet import contact_sheet
from explorer.datasets.content_findings import Read, content_findings
from explorer.datasets.decode import Picture, picture_size, read_picture
from explorer.datasets.findings import Finding
from explorer.datasets.image_report import DRAWN_EVERY, ClassCounts, ImageReport, SkippedFile
from explorer.datasets.layout import NO_CLASS_FOLDER, Layout, PlannedPicture, read_layout
from explorer.datasets.picture_files import HEAD_BYTES, begins_as_picture, has_no_ending, has_picture_ending
from explorer.jobs.codec import to_plain
from explorer.jobs.errors import text_of
from explorer.language import N_, Sentence, Text, as_sentence, joined, sentence

MOST_CLASSES = 1000
SMALLEST_SIDE, USUAL_SIDE, LARGEST_SIDE = 8, 32, 128
LARGEST_KEPT_SIDE = 64
"""Pixels; square pictures of one size up to this stay as they are if no side is chosen."""
NOT_A_PICTURE = N_("does not have the name of a picture")
"""What follows the name of a file with another ending than a picture's."""
NONE_READ = N_("No picture could be read.")
ONE_CLASS = N_("There is one class only ({name}); telling apart needs two or more.")

Arrays = dict[str, NDArray[Any]]
Progress = Callable[[int, int], None]


@dataclass
class Gathered:
    """What has been read so far, in the order of the paths."""

    read: list[Read] = field(default_factory=list)
    pixels: list[NDArray[np.uint8]] = field(default_factory=list)
    """Of each entry of `read`."""
    copies: int = 0
    own_range: int = 0


@dataclass(frozen=True)
class OwnImages:
    """The arrays of a data set, the label of the source, and the report on it."""

    arrays: Arrays
    label: str
    report: ImageReport


def read_own_data(
    path: Path, label: str, side: int | None, progress: Progress, *, bounds: Bounds = PAGE, outer: str = ""
) -> OwnImages:
    """The images at `path`; `side` in pixels, None for what suits the pictures; `outer` as `read_layout` takes it.

    Raises OwnDataError with a sentence where there is nothing to train on.
    """
    with open_source(path, bounds) as source:
        layout = read_layout(_pictures(source), outer)
        source.skipped += layout.skipped
        chosen = _side(layout.planned, side)
        if len(layout.planned) * chosen * chosen * 3 > bounds.pixels:
            told = sentence(
                "{count:,} images of {side}×{side} pixels take more than {most:,} MiB; choose a smaller side.",
                count=len(layout.planned),
                side=chosen,
                most=bounds.pixels // MIB,
            )
            raise OwnDataError(told)
        gathered = _gather(layout.planned, chosen, source, progress)
    classes = sorted({each.class_name for each in gathered.read})
    if len(classes) < 2:
        raise OwnDataError(_too_few(classes, source))
    if len(classes) > MOST_CLASSES:
        told = sentence(
            "There are {count:,} class folders; at most {most:,} are taken.", count=len(classes), most=MOST_CLASSES
        )
        raise OwnDataError(told)
    gathered.read = _with_drawn_parts(gathered.read)
    return OwnImages(_arrays(gathered, classes), label, _report(gathered, layout, source, classes, chosen))


def facts_of(own: OwnImages) -> dict[str, Any]:
    """What is written with the arrays: the name of the data set, made from its content, its facts, and the report."""
    classes = list(own.report.classes)
    content = hashlib.sha256("\0".join(classes).encode())
    for part in ("train", "test"):
        content.update(str(own.arrays[f"{part}_images"].shape).encode())
        content.update(own.arrays[f"{part}_images"].tobytes() + own.arrays[f"{part}_labels"].tobytes())
    shown = "".join(char if char.isprintable() else " " for char in own.label)
    dataset = {
        "label": " ".join(shown.split())[:60] or N_("own images"),
        "about": N_("A user's own images, kept on this machine only."),
        "channels": own.report.channels,
        "image_size": own.report.size,
        "classes": classes,
        "train_images": len(own.arrays["train_labels"]),
        "test_images": len(own.arrays["test_labels"]),
        "mirror": True,
    }
    return {"name": f"own_{content.hexdigest()[:32]}", "dataset": dataset, "report": to_plain(own.report)}


def _pictures(source: Source) -> list[Member]:
    """The picture files; all other files are added to the skipped ones."""
    pictures = []
    for member in source.members:
        reason: Text = NOT_A_PICTURE
        is_picture = has_picture_ending(member.path)
        if has_no_ending(member.path):
            try:
                is_picture = begins_as_picture(member.read_first(HEAD_BYTES))
            except UnreadableError as error:
                reason = text_of(error)
        if is_picture:
            pictures.append(member)
        else:
            source.skipped.append((str(member.path), reason))
    return pictures


def _side(planned: Sequence[PlannedPicture], wanted: int | None) -> int:
    if wanted is not None:
        if not SMALLEST_SIDE <= wanted <= LARGEST_SIDE:
            told = sentence(
                "The side must be {low} to {high} pixels, not {side}.",
                low=SMALLEST_SIDE,
                high=LARGEST_SIDE,
                side=wanted,
            )
            raise OwnDataError(told)
        return wanted
    sizes = set()
    for each in planned:
        try:
            sizes.add(picture_size(each.member.read()))
        except UnreadableError:
            continue
        if len(sizes) > 1:
            return USUAL_SIDE
    width, height = next(iter(sizes), (0, 0))
    return width if width == height and SMALLEST_SIDE <= width <= LARGEST_KEPT_SIDE else USUAL_SIDE


def _gather(planned: Sequence[PlannedPicture], side: int, source: Source, progress: Progress) -> Gathered:
    found = Gathered()
    seen: set[tuple[str, str, bytes]] = set()
    for count, plan in enumerate(planned, 1):
        try:
            data = plan.member.read()
            picture = read_picture(data, side)
            _add(found, seen, plan, hashlib.sha256(data).digest(), picture)
        except UnreadableError as error:
            source.skipped.append((str(plan.member.path), text_of(error)))
        progress(count, len(planned))
    return found


def _add(
    found: Gathered, seen: set[tuple[str, str, bytes]], plan: PlannedPicture, digest: bytes, picture: Picture
) -> None:
    """Adds a picture unless the same pixels are in its class and part already, from whatever file."""
    content = hashlib.sha256(picture.pixels.tobytes()).digest()
    key = (plan.class_name, plan.part, content)
    if key in seen:
        found.copies += 1
        return
    seen.add(key)
    found.own_range += picture.own_range
    # Three equal channels are kept as one until a coloured picture is among them.
    found.pixels.append(picture.pixels[..., :1].copy() if picture.grey else picture.pixels)
    found.read.append(Read(str(plan.member.path), plan.class_name, plan.part, digest, content))


def _with_drawn_parts(read: Sequence[Read]) -> list[Read]:
    """The pictures with the parts that the folders say, or with a part drawn by the contents of each class."""
    if any(each.part for each in read):
        return list(read)
    by_class = defaultdict(list)
    for each in read:
        by_class[each.class_name].append(each)
    testing = set()
    for rows in by_class.values():
        testing |= {id(each) for each in sorted(rows, key=lambda each: each.file)[: for_testing(len(rows))]}
    return [each.in_part("test" if id(each) in testing else "train") for each in read]


def _arrays(gathered: Gathered, classes: Sequence[str]) -> Arrays:
    """The images by part, each class in an order of its contents: not by names or number."""
    label_of = {name: label for label, name in enumerate(classes)}
    grey = all(pixels.shape[2] == 1 for pixels in gathered.pixels)
    arrays: Arrays = {}
    for part in ("train", "test"):
        chosen = [place for place, each in enumerate(gathered.read) if each.part == part]
        if not chosen:
            told = sentence("No picture is left for the {part} part; a class needs at least two.", part=sentence(part))
            raise OwnDataError(told)
        chosen.sort(key=lambda place: (label_of[gathered.read[place].class_name], gathered.read[place].file))
        side = gathered.pixels[0].shape[0]
        images = np.empty((len(chosen), side, side, 1 if grey else 3), np.uint8)
        for row, place in enumerate(chosen):
            images[row] = gathered.pixels[place]
        arrays[f"{part}_images"] = images
        arrays[f"{part}_labels"] = np.array([label_of[gathered.read[place].class_name] for place in chosen], np.int64)
    arrays["sheet"] = contact_sheet(arrays["train_images"], arrays["train_labels"], len(classes))
    return arrays


def _report(gathered: Gathered, layout: Layout, source: Source, classes: Sequence[str], side: int) -> ImageReport:
    counts = {(name, part): 0 for name in classes for part in ("train", "test")}
    for each in gathered.read:
        counts[each.class_name, each.part] += 1
    named = source.skipped[: source.bounds.named_files]
    return ImageReport(
        classes={name: ClassCounts(counts[name, "train"], counts[name, "test"]) for name in classes},
        size=side,
        channels=1 if all(pixels.shape[2] == 1 for pixels in gathered.pixels) else 3,
        parts="folders" if any(each.part for each in layout.planned) else "drawn",
        findings=(*layout.findings, *_findings(gathered, layout, source, classes)),
        skipped=tuple(SkippedFile(*each) for each in named),
        skipped_count=len(source.skipped),
        question=layout.question,
    )


def _findings(gathered: Gathered, layout: Layout, source: Source, classes: Sequence[str]) -> Iterable[Finding]:
    """What lies beside the class folders, the classes without a picture, and what the pictures themselves say."""
    if layout.question:
        yield Finding("parts_or_classes", layout.question)
    if stray := tuple(path for path, reason in source.skipped if reason == NO_CLASS_FOLDER):
        yield Finding("stray", stray, len(stray))
    if empty := _empty_classes(layout.planned, source, set(classes)):
        yield Finding("empty", tuple(empty), len(empty))
    if gathered.copies:
        yield Finding("copies", count=gathered.copies)
    if gathered.own_range:
        yield Finding("own_range", count=gathered.own_range)
    yield from content_findings(gathered.read)


def _empty_classes(planned: Sequence[PlannedPicture], source: Source, classes: set[str]) -> list[str]:
    """Class folders without a picture that can be read, and folders without anything."""
    filled = {parent for member in source.members for parent in member.path.parents}
    bare = {
        folder.name for folder in source.folders - filled if not any(folder in each.parents for each in source.folders)
    }
    return sorted((bare | {each.class_name for each in planned}) - classes)


def _too_few(classes: list[str], source: Source) -> Sentence:
    found = sentence(ONE_CLASS, name=classes[0]) if classes else sentence(NONE_READ)
    if not source.skipped:
        return found
    path, why = source.skipped[0]
    left_out = sentence(
        "{count:,} files could not be used, such as {name}, which {reason}.",
        count=len(source.skipped),
        name=PurePosixPath(path).name,
        reason=as_sentence(why),
    )
    return joined(" ", found, left_out)


def for_testing(count: int) -> int:
    """How many of a class's images are kept for testing: a fifth, at least one of two, none of one."""
    return 0 if count < 2 else max(1, count // DRAWN_EVERY)
