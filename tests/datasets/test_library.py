"""Whose data sets are whose, what gives way when there is no room, and what a visitor may choose."""

import os
import re
import time
from pathlib import Path

import numpy as np
import pytest

from explorer.datasets import library
from explorer.datasets.archive import IS_LINK, OwnDataError
from explorer.datasets.array_file import dataset_path, datasets_directory
from explorer.datasets.array_writer import write_dataset
from explorer.datasets.catalogue import (
    DATASETS,
    LABEL_NOT_HERE,
    NOT_HERE,
    dataset_facts,
    dataset_label,
    fit_spec,
    is_dataset,
    with_defaults_of_dataset,
)
from explorer.datasets.findings import Finding, sentence_of
from explorer.datasets.image_report import MORE_LEFT_OUT, ClassCounts, ImageReport, SkippedFile, warning_lines
from explorer.datasets.library import (
    forget_own,
    is_present,
    make_room,
    note_owner,
    note_use,
    offered_folders,
    own_names,
    own_report,
    require_present,
)
from explorer.datasets.own_images import facts_of, read_own_data
from explorer.jobs.codec import from_plain, to_plain
from explorer.jobs.errors import SettingsError
from explorer.model import preset
from explorer.runs.limits import check_trainable
from explorer.runs.settings import TrainingSettings
from tests.pictures import class_folders, write_zip

ANN, BEN = "a" * 32, "b" * 32


def own(tmp_path: Path, *classes: str) -> str:
    """A data set of somebody's own on this machine."""
    archive = write_zip(tmp_path / f"{'-'.join(classes)}.zip", class_folders(classes))
    images = read_own_data(archive, archive.name, None, lambda done, total: None)
    facts = facts_of(images)
    write_dataset(dataset_path(facts["name"]), images.arrays, facts)
    return str(facts["name"])


@pytest.fixture
def flowers(data_directory: Path, tmp_path: Path) -> str:
    return own(tmp_path, "rose", "tulip")


def test_a_run_may_use_somebody_s_own_data_set(flowers: str) -> None:
    facts = dataset_facts(flowers)
    assert (facts.label, facts.classes, facts.image_size, facts.channels) == (
        "rose-tulip.zip",
        ("rose", "tulip"),
        12,
        3,
    )
    assert (facts.train_images, facts.test_images) == (16, 4)
    settings = TrainingSettings(dataset=flowers, augmentation="crop_flip")
    assert TrainingSettings.from_json(settings.to_json()) == settings
    spec = fit_spec(preset("cifar_resnet20"), flowers)
    assert (spec.num_classes, spec.image_size, spec.in_channels) == (2, 12, 3)
    check_trainable(preset("cifar_resnet20"), settings)


def test_one_that_is_not_here_is_a_sentence_and_its_runs_stay_readable(flowers: str) -> None:
    dataset_path(flowers).unlink()
    assert not is_present(flowers)
    settings = TrainingSettings(dataset=flowers)
    assert settings.dataset == flowers
    assert dataset_label(flowers) == LABEL_NOT_HERE
    for asks in (dataset_facts, require_present):
        with pytest.raises(SettingsError, match=re.escape(NOT_HERE)):
            asks(flowers)
    with pytest.raises(SettingsError, match=re.escape(NOT_HERE)):
        check_trainable(preset("cifar_resnet20"), settings)
    assert own_report(flowers) is None


@pytest.mark.parametrize("name", ["own_", "own_" + "g" * 32, "own_" + "0" * 31, "../" + "0" * 33, "", None, 3])
def test_a_name_that_is_none_is_refused(name: object) -> None:
    assert not is_dataset(name)
    with pytest.raises(SettingsError):
        TrainingSettings(dataset=name)  # type: ignore[arg-type]


def test_each_visitor_has_a_list_and_the_last_who_forgets_removes(flowers: str) -> None:
    note_owner(ANN, flowers)
    note_owner(BEN, flowers)
    note_owner("../../x", flowers)
    assert own_names(ANN) == own_names(BEN) == [flowers]
    assert own_names("../../x") == own_names("c" * 32) == []
    forget_own("c" * 32, flowers)
    forget_own(ANN, flowers)
    assert own_names(ANN) == []
    assert is_present(flowers)
    forget_own(BEN, flowers)
    assert not is_present(flowers)
    assert sorted(each.name for each in (datasets_directory() / "visitors").iterdir()) == [ANN, BEN]


def test_the_longest_unused_gives_way_but_none_that_is_needed(data_directory: Path, tmp_path: Path) -> None:
    names = [own(tmp_path, "rose", other) for other in ("lily", "tulip", "daisy", "aster")]
    now = time.time()
    for hours, name in zip((4, 3, 2, 0), names, strict=True):
        os.utime(dataset_path(name), (now - hours * 3600 - 60,) * 2)
    note_use(names[3])
    size = dataset_path(names[0]).stat().st_size
    most = sum(dataset_path(name).stat().st_size for name in names)
    make_room(0, (), most)
    assert all(map(is_present, names))
    make_room(size // 2, keep=[names[0]], most=most)
    assert [is_present(name) for name in names] == [True, False, True, True]
    with pytest.raises(OwnDataError, match="do"):
        make_room(4 * size, keep=[names[0]], most=most)
    assert [is_present(name) for name in names] == [True, False, False, True]


def test_only_what_lies_below_the_configured_folder_is_offered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(library.FOLDER_VARIABLE, raising=False)
    assert offered_folders() == {}
    for name in ("flowers", ".hidden", "FashionMNIST", "cifar-10-batches-py"):
        (tmp_path / name).mkdir()
    (tmp_path / "birds.zip").write_bytes(b"")
    (tmp_path / "notes.txt").write_bytes(b"")
    (tmp_path / "outside").symlink_to("/etc")
    monkeypatch.setenv(library.FOLDER_VARIABLE, str(tmp_path))
    assert offered_folders() == {"birds.zip": tmp_path / "birds.zip", "flowers": tmp_path / "flowers"}
    monkeypatch.setenv(library.FOLDER_VARIABLE, str(tmp_path / "missing"))
    assert offered_folders() == {}


def test_a_known_data_set_has_its_own_defaults_and_what_is_given_stands() -> None:
    assert with_defaults_of_dataset({"dataset": "cifar10"})["augmentation"] == "crop_flip"
    assert with_defaults_of_dataset({"dataset": "cifar10", "augmentation": "none"})["augmentation"] == "none"
    assert with_defaults_of_dataset({"dataset": "digits"}) == {"dataset": "digits"}
    assert with_defaults_of_dataset({}) == {}
    for name in DATASETS:
        TrainingSettings.from_dict(with_defaults_of_dataset({"dataset": name}))


def test_the_report_says_everything_that_was_left_out() -> None:
    findings = (Finding("copies", count=1200), Finding("empty", ("lily",), 1))
    counts = {"rose": ClassCounts(4, 1), "tulip": ClassCounts(3, 1)}
    report = ImageReport(counts, 32, 3, "drawn", findings, (SkippedFile("a/b.png", IS_LINK),), 3)
    assert report.images == 9
    assert list(warning_lines(report)) == [
        *(str(sentence_of(each)) for each in findings),
        f"a/b.png {IS_LINK}.",
        MORE_LEFT_OUT.format(more=2),
    ]
    assert from_plain(ImageReport, to_plain(report)) == report


def test_the_sheet_shows_the_classes_in_turn() -> None:
    from explorer.datasets.contact_sheet import contact_sheet, sheet_classes

    labels = np.array([2, 0, 1, 0])
    images = np.arange(1, 5, dtype=np.uint8).repeat(4).reshape(4, 2, 2, 1) * 20
    sheet = contact_sheet(images, labels, 3)
    assert sheet.shape == (5, 29, 1)
    assert [int(sheet[0, 3 * place, 0]) for place in range(6)] == [40, 60, 20, 80, 255, 255]
    assert sheet_classes(100) == [place * 100 // 40 for place in range(40)]
    assert contact_sheet(images, labels, 100).shape == (11, 29, 1)
