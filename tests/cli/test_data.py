"""Data sets on the command line: the size before a download, one's own images, and a sentence for everything else."""

import argparse
import errno
import json
import os
import re
from pathlib import Path

import pytest

from explorer.cli.data import NO_DATASET, bring_dataset
from explorer.cli.main import main
from explorer.cli.train import _settings, add_train_command
from explorer.datasets.archive import LEADS_OUT
from explorer.datasets.array_file import datasets_directory
from explorer.datasets.bounds import PAGE, machine_bounds
from explorer.datasets.catalogue import DATASETS, NOT_HERE, dataset_facts
from explorer.datasets.decode import UNREADABLE
from explorer.datasets.image_report import summary
from explorer.datasets.library import own_report
from explorer.jobs.errors import SettingsError
from explorer.runs.store.store import Store
from tests.file_server import file_server
from tests.pictures import class_folders, write_folder, write_zip

TINY = '{"preset": "cifar_resnet20", "stage_blocks": [1, 1], "stage_widths": [4, 8], "stem_width": 4}'


@pytest.fixture(autouse=True)
def alone(data_directory: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine on which nobody has put a data set."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("TORCH_HOME", raising=False)


def options(*arguments: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_train_command(parser.add_subparsers())
    return parser.parse_args(["train", TINY, *arguments])


def refused(text: str, side: int | None = None) -> str:
    with pytest.raises(SettingsError) as error:
        bring_dataset(text, download=False, side=side)
    return str(error.value)


def test_a_known_data_set_may_be_written_with_hyphens() -> None:
    assert bring_dataset("shapes-easy", download=False, side=None) == "shapes_easy"
    assert _settings(options("--dataset", "Digits")).dataset == "digits"


@pytest.mark.parametrize("name", [name for name, facts in DATASETS.items() if facts.download_bytes])
def test_without_the_flag_the_size_and_the_flag_are_said(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", TINY, "--dataset", name.replace("_", "-")]) == 2
    output = capsys.readouterr().err
    facts = DATASETS[name]
    assert output.count("\n") == 1
    said = (facts.label, "--download", facts.download, facts.source, str(datasets_directory()))
    assert all(part in output for part in said)


def test_offline_a_download_is_one_sentence(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with file_server() as server:
        monkeypatch.setenv("RESIDUAL_EXPLORER_MIRROR", server.address)
    assert main(["train", TINY, "--dataset", "cifar100", "--download"]) == 1
    reason = os.strerror(errno.ECONNREFUSED)
    assert re.fullmatch(rf"error: CIFAR-100 .* 127\.0\.0\.1 \({reason}\)\.\n", capsys.readouterr().err)
    assert [path for path in datasets_directory().rglob("*") if path.is_file()] == []


def test_a_folder_is_read_reported_and_trained_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write_folder(tmp_path / "flowers", class_folders() | {"rose/note.png": b"text"})
    given = ["--dataset", str(folder), "--image-size", "16", "--steps", "3", "--batch-size", "4"]
    assert main(["train", TINY, *given]) == 0
    output = capsys.readouterr()
    assert f"rose/note.png {UNREADABLE}." in output.err
    (run,) = Store().runs()
    report = own_report(run.dataset)
    assert report is not None
    assert (report.images, len(report.classes)) == (20, 2)
    assert str(summary(report)) in output.err
    assert run.state == "finished"
    assert re.fullmatch(r"own_[0-9a-f]{32}", run.dataset)
    assert run.settings.augmentation == "crop"


def test_a_zip_has_the_same_name_again_and_can_be_asked_for_by_it(tmp_path: Path) -> None:
    archive = str(write_zip(tmp_path / "flowers.zip", class_folders()))
    name = bring_dataset(archive, download=False, side=None)
    assert bring_dataset(name, download=False, side=None) == name


@pytest.mark.parametrize(
    ("text", "output"),
    [
        ("imagenet", NO_DATASET.format("imagenet", "digits, gratings")),
        ("own_" + "0" * 32, NOT_HERE),
        ("5", NO_DATASET.format("5", "digits, gratings")),
    ],
)
def test_what_is_none_is_one_line_that_names_the_field(text: str, output: str) -> None:
    assert refused(text).startswith("dataset: ")
    assert output in refused(text)


def test_an_archive_that_climbs_out_is_bad_input(tmp_path: Path) -> None:
    archive = write_zip(tmp_path / "climber.zip", class_folders() | {"../x.png": b"x"})
    assert refused(str(archive)) == f"dataset: {LEADS_OUT.format(path='../x.png')}".removesuffix(".")


def test_only_one_s_own_images_have_a_size_to_choose() -> None:
    assert refused("digits", side=16).startswith("image_size: ")


def test_a_bad_setting_is_said_before_anything_is_fetched() -> None:
    with pytest.raises(SettingsError, match="batch_size"):
        _settings(options("--dataset", "cifar10", "--download", "--batch-size", "0"))


def test_what_suits_the_data_set_is_set_unless_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("explorer.cli.data.is_present", lambda name: True)
    assert _settings(options("--dataset", "cifar10")).augmentation == "crop_flip"
    assert _settings(options("--dataset", "cifar10", "--augmentation", "none")).augmentation == "none"
    assert _settings(options()).augmentation == "none"


def test_a_report_is_printed_before_anything_is_trained(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write_folder(tmp_path / "flowers", class_folders() | {"rose/note.png": b"text", "README": b"text"})
    assert main(["dataset", str(folder), "--format", "json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["classes"] == {"rose": {"train": 8, "test": 2}, "tulip": {"train": 8, "test": 2}}
    assert (report["size"], report["channels"], report["question"]) == (12, 3, [])
    assert {each["path"] for each in report["skipped"]} == {"rose/note.png", "README"}
    assert main(["dataset", str(folder)]) == 0
    assert "tulip" in capsys.readouterr().out
    assert list(datasets_directory().glob("own_*")) == []


def test_a_guess_is_asked_before_training(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = {f"{part}/{name}": data for part in ("seg_train", "seg_test") for name, data in class_folders().items()}
    folder = str(write_folder(tmp_path / "flowers", files))
    assert main(["dataset", folder, "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["question"] == ["seg_train", "seg_test"]
    with pytest.raises(SettingsError, match="--outer"):
        bring_dataset(folder, download=False, side=None)
    name = bring_dataset(folder, download=False, side=None, outer="parts")
    assert dataset_facts(name).classes == ("rose", "tulip")


def test_the_terminal_takes_more_than_the_page() -> None:
    assert machine_bounds().pictures > PAGE.pictures
    assert machine_bounds().memory >= PAGE.memory
