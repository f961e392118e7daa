"""What the folders of a user's pictures mean: which are the parts, which the classes, and what lies beside them.

Only the paths are looked at. A folder that bears a part's name is a part and no class; where that is a guess, the
layout has a question, which `outer` answers: `parts` or `classes`.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from explorer.datasets.archive import Member, OwnDataError
from explorer.datasets.findings import Finding
from explorer.datasets.masks import without_masks
from explorer.datasets.part_names import TEST, TRAIN, VALIDATION, guessed_part_of, part_of
from explorer.language import N_, Text, chained, sentence

OUTER = ("", "parts", "classes")
"""What the outer folders are: to be seen from their names, the parts of the data set, or its classes."""
NO_CLASS_FOLDER = N_("lies in no class folder")
OUTSIDE = N_("lies outside of {names}")
NO_CLASSES = N_("No picture lies in a class folder; expected is CLASS/picture.png, one folder a class.")
DEEPEST_PARTS = 3
"""Folders in one another that are searched for those of the parts."""


@dataclass(frozen=True)
class PlannedPicture:
    """A picture file to read: its class, and its part, empty where the folders say none."""

    member: Member
    class_name: str
    part: str


@dataclass
class Layout:
    """The pictures with their classes and parts; files that are left out, and why; what a reader should know."""

    planned: list[PlannedPicture] = field(default_factory=list)
    skipped: list[tuple[str, Text]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    question: tuple[str, ...] = ()
    """Folders of which only the user knows whether they are parts or classes; empty where it is clear."""


@dataclass
class Folder:
    """A folder with its pictures; folders without any picture below them are left out."""

    path: PurePosixPath
    folders: dict[str, "Folder"] = field(default_factory=dict)
    pictures: list[Member] = field(default_factory=list)

    def everything(self) -> Iterator[Member]:
        """All pictures in it and below."""
        yield from self.pictures
        for folder in self.folders.values():
            yield from folder.everything()


@dataclass(frozen=True)
class Parts:
    """Folders by the part that they are named for, and whether that is a guess."""

    folders: Mapping[str, tuple[Folder, ...]]
    guessed: bool


def read_layout(pictures: Sequence[Member], outer: str = "") -> Layout:
    """The layout of these pictures. Raises OwnDataError where it has no classes."""
    layout = Layout()
    top = _descend(_tree(without_masks(pictures, layout.skipped, layout.findings)))
    # The inner of two folders of one name, as in train/train/a, is found on the way down.
    node, parts = (top, None) if outer == "classes" else _find_parts(top, outer == "parts")
    if parts is None and outer == "parts":
        raise OwnDataError(
            sentence("None of {names} has the name of a part, such as train and test.", names=_names(top.folders))
        )
    if parts is None and outer != "classes":
        layout.question = tuple(name for name in top.folders if part_of(name))
        if _all_parts_inside(top):
            _take_classes_with_parts(top, layout)
        else:
            _take_classes(_beside_unlabelled(top, layout), "", layout)
    elif parts is None:
        _take_classes(top, "", layout)
    else:
        if parts.guessed and not outer:
            layout.question = tuple(each.path.name for each in _in_order(parts))
        _take_parts(top, node, parts, layout)
    if not layout.planned:
        raise OwnDataError(sentence(NO_CLASSES))
    known = {path for path, _ in layout.skipped} | {str(each.member.path) for each in layout.planned}
    layout.skipped += [(str(each.path), NO_CLASS_FOLDER) for each in pictures if str(each.path) not in known]
    return layout


def _tree(pictures: Iterable[Member]) -> Folder:
    root = Folder(PurePosixPath())
    for member in pictures:
        place = root
        for name in member.path.parts[:-1]:
            place = place.folders.setdefault(name, Folder(place.path / name))
        place.pictures.append(member)
    return root


def _descend(folder: Folder) -> Folder:
    """The folder below those that only hold one folder of folders; what lies beside that one is in no class folder."""
    while len(folder.folders) == 1:
        (inner,) = folder.folders.values()
        if not inner.folders or (inner.pictures and len(inner.pictures) >= sum(1 for _ in inner.everything()) / 2):
            break
        folder = inner
    return folder


def _find_parts(folder: Folder, wanted: bool, depth: int = 0) -> tuple[Folder, Parts | None]:
    """The folder in which those of the parts lie, and these; None in their place where there are none."""
    if parts := _parts_in(folder, wanted):
        return folder, parts
    if depth < DEEPEST_PARTS:
        inner = [found for each in folder.folders.values() if (found := _find_parts(each, wanted, depth + 1))[1]]
        if len(inner) == 1:
            return inner[0]
    return folder, None


def _parts_in(folder: Folder, wanted: bool) -> Parts | None:
    for rule in (part_of, guessed_part_of):
        found = defaultdict(list)
        for name, each in folder.folders.items():
            if part := rule(name):
                found[part].append(each)
        guessed = rule is not part_of
        if TRAIN not in found and len(found) > 1 and all(each.folders for inner in found.values() for each in inner):
            found[TRAIN], guessed = found.pop(VALIDATION), True  # dev and eval: the first is trained on
        if (TRAIN in found and len(found) > 1) or (wanted and found):
            return Parts({part: tuple(each) for part, each in found.items()}, guessed)
    return None


def _all_parts_inside(top: Folder) -> bool:
    """Whether each folder is a class that holds its own parts: cat/train, cat/test, dog/train, dog/test."""
    return len(top.folders) > 1 and all(_parts_in(each, False) for each in top.folders.values())


def _take_classes_with_parts(top: Folder, layout: Layout) -> None:
    layout.question = ()
    for name, each in top.folders.items():
        for inner in each.folders.values():
            part = {TRAIN: "train", TEST: "test", VALIDATION: "test"}.get(part_of(inner.path.name))
            for member in inner.everything():
                if part:
                    layout.planned.append(PlannedPicture(member, name, part))
                else:
                    layout.skipped.append((str(member.path), sentence(OUTSIDE, names=sentence("the parts"))))


def _beside_unlabelled(top: Folder, layout: Layout) -> Folder:
    """The folder without one that is called as a test part and holds pictures only: they have no labels."""
    inside = {
        name: each for name, each in top.folders.items() if part_of(name) in (TEST, VALIDATION) and not each.folders
    }
    if len(top.folders) - len(inside) < 2:
        return top
    for each in inside.values():
        _leave_out_unlabelled(each, layout)
    rest = {name: each for name, each in top.folders.items() if name not in inside}
    return Folder(top.path, rest, top.pictures)


def _take_classes(folder: Folder, part: str, layout: Layout) -> None:
    for name, each in folder.folders.items():
        layout.planned += [PlannedPicture(member, name, part) for member in each.everything()]


def _take_parts(top: Folder, node: Folder, parts: Parts, layout: Layout) -> None:
    taken = _in_order(parts)
    training = [_descend_part(each) for each in parts.folders.get(TRAIN, ())]
    classes = {name for each in training for name in each.folders}
    if not classes:
        told = sentence(
            "The training part ({names} were found) has no class folders; expected is train/CLASS/picture.png.",
            names=_names(each.path.name for each in taken),
        )
        raise OwnDataError(told)
    for each in training:
        _take_classes(each, "train", layout)
    held = [each for part in (TEST, VALIDATION) for each in parts.folders.get(part, ())]
    chosen = ""
    for each in held:
        inner = _descend_part(each)
        if not classes & set(inner.folders):
            _leave_out_unlabelled(each, layout)
        elif chosen and chosen != _kind(each, parts):
            reason = sentence("belongs to {name}, a part that is neither trained nor tested on", name=each.path.name)
            layout.skipped += [(str(member.path), reason) for member in each.everything()]
            layout.findings.append(Finding("third_part", (each.path.name,), sum(1 for _ in each.everything())))
        else:
            chosen = _kind(each, parts)
            _take_classes(inner, "test", layout)
    if not chosen:  # an own part of each class is drawn for testing
        layout.planned = [PlannedPicture(each.member, each.class_name, "") for each in layout.planned]
    _leave_out_beside(top, taken, layout)


def _in_order(parts: Parts) -> list[Folder]:
    return [each for part in (TRAIN, TEST, VALIDATION) for each in parts.folders.get(part, ())]


def _kind(folder: Folder, parts: Parts) -> str:
    return next(part for part, folders in parts.folders.items() if folder in folders)


def _descend_part(folder: Folder) -> Folder:
    """The folder of the class folders in a part: train/train/a; a class of one folder stays where it is."""
    inner = _descend(folder)
    return inner if inner is not folder or len(folder.folders) != 1 else folder


def _leave_out_unlabelled(folder: Folder, layout: Layout) -> None:
    members = list(folder.everything())
    layout.skipped += [
        (str(member.path), N_("has no label: its folder is no class of the training part")) for member in members
    ]
    layout.findings.append(Finding("unlabelled_part", (folder.path.name,), len(members)))


def _leave_out_beside(top: Folder, taken: Sequence[Folder], layout: Layout) -> None:
    names = chained(N_("{one} and {others}"), [folder.path.name for folder in taken])
    inside = {folder.path for folder in taken}
    for member in top.everything():
        if not inside & set(member.path.parents):
            layout.skipped.append((str(member.path), sentence(OUTSIDE, names=names)))


def _names(names: Iterable[str]) -> str:
    return ", ".join(names)
