"""What folders mean: parts under their usual names, classes, masks, and what only the user can say."""

from collections.abc import Sequence
from pathlib import PurePosixPath

import pytest

from explorer.datasets.archive import Member, OwnDataError
from explorer.datasets.layout import Layout, read_layout
from explorer.datasets.part_names import guessed_part_of, part_of

CATS_AND_DOGS = ("cat/1.png", "cat/2.png", "dog/1.png")


def below(*outer: str, names: Sequence[str] = CATS_AND_DOGS) -> list[str]:
    return [f"{folder}/{name}" for folder in outer for name in names]


def layout_of(paths: Sequence[str], outer: str = "") -> Layout:
    return read_layout([Member(PurePosixPath(path), lambda count: b"") for path in sorted(paths)], outer)


def planned(layout: Layout) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for each in layout.planned:
        found.setdefault(each.part, set()).add(each.class_name)
    return found


BOTH = {"train": {"cat", "dog"}, "test": {"cat", "dog"}}
LEFT_TO_US = {"": {"cat", "dog"}}
LAYOUTS: dict[str, tuple[list[str], dict[str, set[str]], set[str]]] = {
    "classes": (below("."), LEFT_TO_US, set()),
    "an outer folder": (below("data/all"), LEFT_TO_US, set()),
    "a stray file beside the outer folder": ([*below("data"), "x.png"], LEFT_TO_US, {"x.png"}),
    "a stray file beside the class folders": ([*below("data"), "data/x.png"], LEFT_TO_US, {"data/x.png"}),
    "folders in a class": ([*CATS_AND_DOGS, "dog/more/2.png"], LEFT_TO_US, set()),
    "training_set": (below("training_set", "test_set"), BOTH, set()),
    "trainset": (below("trainset", "testset"), BOTH, set()),
    "trainingset": (below("TrainingSet", "Testing Set"), BOTH, set()),
    "images": (below("train_images", "val_images"), BOTH, set()),
    "dev": (below("train", "dev"), BOTH, set()),
    "eval": (below("train", "eval"), BOTH, set()),
    "one deeper": (below("train/train", "test/test"), BOTH, set()),
    "below an outer folder beside others": (
        [*below("data/train", "data/test"), "docs/1.png"],
        BOTH,
        {"docs/1.png"},
    ),
    "three parts": (
        below("train", "dev", "eval"),
        BOTH,
        {"dev/cat/1.png", "dev/cat/2.png", "dev/dog/1.png"},
    ),
    "parts in the classes": (
        ["cat/train/1.png", "cat/test/2.png", "dog/train/1.png", "dog/test/2.png"],
        BOTH,
        set(),
    ),
    "a test part without labels": (
        [*below("train"), "test/1.png", "test/2.png"],
        LEFT_TO_US,
        {"test/1.png", "test/2.png"},
    ),
    "without labels, one deeper": ([*below("train"), "test/test/1.png"], LEFT_TO_US, {"test/test/1.png"}),
    "labels in val only": (
        [*below("train", "val"), "test/1.png"],
        BOTH,
        {"test/1.png"},
    ),
    "masks by name": (
        [*CATS_AND_DOGS, "cat/1_mask.png", "dog/1_mask_1.png"],
        LEFT_TO_US,
        {"cat/1_mask.png", "dog/1_mask_1.png"},
    ),
    "masks of a folder": (
        ["cat/1.png", "cat/masks/1.png", "dog/1.png"],
        LEFT_TO_US,
        {"cat/masks/1.png"},
    ),
    "masks that are classes": (
        ["with_mask/1.png", "without_mask/1.png", "mask/1.png"],
        {"": {"with_mask", "without_mask", "mask"}},
        set(),
    ),
    "masks by folder": (
        ["cat/images/1.png", "cat/masks/1.png", "dog/images/1.png", "dog/masks/1_mask.png"],
        LEFT_TO_US,
        {"cat/masks/1.png", "dog/masks/1_mask.png"},
    ),
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_folders_are_taken_for_what_they_are(name: str) -> None:
    paths, classes, left_out = LAYOUTS[name]
    layout = layout_of(paths)
    assert planned(layout) == classes
    assert {path for path, _ in layout.skipped} == left_out
    assert layout.question == ()


@pytest.mark.parametrize(
    ("paths", "question", "answers"),
    [
        (below("seg_train/seg_train", "seg_test/seg_test"), {"seg_train", "seg_test"}, {"parts": BOTH}),
        (
            below("train2017", "val2017"),
            {"train2017", "val2017"},
            {"": BOTH, "classes": {"": {"train2017", "val2017"}}},
        ),
        (
            ["bus/1.png", "car/1.png", "train/1.png"],
            {"train"},
            {"": {"": {"bus", "car", "train"}}, "classes": {"": {"bus", "car", "train"}}},
        ),
        (below("dev", "eval"), {"dev", "eval"}, {"": BOTH, "classes": {"": {"dev", "eval"}}}),
        ([*CATS_AND_DOGS, "test/1.png"], {"test"}, {"": LEFT_TO_US, "classes": {"": {"cat", "dog", "test"}}}),
    ],
)
def test_a_guess_is_asked_and_an_answer_is_followed(
    paths: list[str], question: set[str], answers: dict[str, dict[str, set[str]]]
) -> None:
    assert set(layout_of(paths).question) == question
    for answer, classes in answers.items():
        layout = layout_of(paths, answer)
        assert planned(layout) == classes
        assert bool(layout.question) == (answer == "")


def test_parts_without_classes_are_refused() -> None:
    with pytest.raises(OwnDataError):
        layout_of(["train/1.png", "train/2.png", "test/1.png", "test/2.png"])
    with pytest.raises(OwnDataError):
        layout_of(CATS_AND_DOGS, "parts")


def test_what_lies_beside_is_found() -> None:
    kinds = {finding.kind for name in ("three parts", "masks by name", "labels in val only")
             for finding in layout_of(LAYOUTS[name][0]).findings}  # fmt: skip
    assert kinds == {"third_part", "masks", "unlabelled_part"}


@pytest.mark.parametrize(
    ("name", "sure", "guess"),
    [
        ("Train", "train", "train"),
        ("training-data", "train", "train"),
        ("VALID", "validation", "validation"),
        ("test_images", "test", "test"),
        ("trains", "", ""),
        ("contest", "", ""),
        ("cats_train", "", "train"),
        ("train_test", "", ""),
        ("dataset", "", ""),
    ],
)
def test_names_of_parts(name: str, sure: str, guess: str) -> None:
    assert (part_of(name), guessed_part_of(name)) == (sure, guess)
