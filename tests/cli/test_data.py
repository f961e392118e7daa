"""Data sets on the command line: the size before a download, one's own images, and a sentence for everything else."""

import argparse
import re
from pathlib import Path

import pytest

from explorer.cli.data import bring_dataset
from explorer.cli.main import main
from explorer.cli.train import _settings, add_train_command
from explorer.datasets.array_file import datasets_directory
from explorer.datasets.catalogue import DATASETS
from explorer.datasets.decode import UNREADABLE
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
    assert f"{facts.label} is not on this machine; --download fetches {facts.download} from {facts.source}" in output
    assert str(datasets_directory()) in output


def test_offline_a_download_is_one_sentence(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with file_server() as server:
        monkeypatch.setenv("RESIDUAL_EXPLORER_MIRROR", server.address)
    assert main(["train", TINY, "--dataset", "cifar100", "--download"]) == 1
    assert re.fullmatch(
        r"error: CIFAR-100 was not downloaded: this machine cannot reach 127\.0\.0\.1 \(Connection refused\)\.\n",
        capsys.readouterr().err,
    )
    assert [path for path in datasets_directory().rglob("*") if path.is_file()] == []


def test_a_folder_is_read_reported_and_trained_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write_folder(tmp_path / "flowers", class_folders() | {"rose/note.png": b"text"})
    given = ["--dataset", str(folder), "--image-size", "16", "--steps", "3", "--batch-size", "4"]
    assert main(["train", TINY, *given]) == 0
    output = capsys.readouterr()
    assert "20 images. Shorter side 16 pixels" in output.err
    assert f"rose/note.png {UNREADABLE}." in output.err
    (run,) = Store().runs()
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
        ("imagenet", "'imagenet' is neither a folder, nor a ZIP file, nor one of digits, gratings"),
        ("own_" + "0" * 32, "not on this one"),
        ("5", "'5' is neither a folder"),
    ],
)
def test_what_is_none_is_one_line_that_names_the_field(text: str, output: str) -> None:
    assert refused(text).startswith("dataset: ")
    assert output in refused(text)


def test_an_archive_that_climbs_out_is_bad_input(tmp_path: Path) -> None:
    archive = write_zip(tmp_path / "climber.zip", class_folders() | {"../x.png": b"x"})
    assert refused(str(archive)) == "dataset: The archive is refused: the path '../x.png' leads out of it"


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
