"""Downloads from a server on this machine: whole, damaged, cut short, not there; and from a folder that is there."""

import errno
import gzip
import hashlib
import os
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from torchvision import datasets

from explorer.datasets.array_file import DataFileError, datasets_directory
from explorer.datasets.library import find_existing, is_present
from explorer.datasets.requests import FetchRequest, MadeDataset
from explorer.engine.data import fetch as data_fetch
from explorer.engine.data import images as data_module
from explorer.engine.data.batches import Batches
from explorer.engine.data.images import load_data
from explorer.engine.data.published import PUBLISHED
from explorer.jobs.errors import SettingsError
from explorer.runs.settings import TrainingSettings
from tests.engine.data.standin_cifar import standin
from tests.engine.data.test_published import write_fashion
from tests.file_server import FileServer, file_server

ARCHIVE = datasets.CIFAR10.filename
HOST = "127.0.0.1"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FileServer]:
    with file_server() as found:
        monkeypatch.setenv(data_fetch.MIRROR_VARIABLE, f"{found.address}/")
        yield found


@pytest.fixture
def tiny(data_directory: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A tiny CIFAR-10 in the place of the real one, and the folder it lies in."""
    known = standin(datasets.CIFAR10, tmp_path / "source")
    table = {**PUBLISHED, "cifar10": PUBLISHED["cifar10"]._replace(source=known)}
    monkeypatch.setattr(data_fetch, "PUBLISHED", table)
    data_module._load.cache_clear()
    yield tmp_path / "source"
    data_module._load.cache_clear()


def fetch(name: str, tmp_path: Path, source: Path | None = None) -> list[str]:
    """Does what the child does; what it said on the way."""
    folder = tmp_path / "work"
    folder.mkdir(exist_ok=True)
    progress: list[str] = []
    request = FetchRequest(name, str(source) if source else "", str(folder))
    assert data_fetch.work(request, lambda done, total, what: progress.append(str(what))) == MadeDataset(name)
    return progress


def kept() -> list[str]:
    return [path.name for path in datasets_directory().rglob("*") if path.is_file()]


def test_a_download_becomes_a_data_set_like_torchvision_s(tiny: Path, server: FileServer, tmp_path: Path) -> None:
    assert not is_present("cifar10")
    with pytest.raises(SettingsError, match=r"CIFAR-10 .*162\.6 MiB"):
        load_data("cifar10")
    server.files[ARCHIVE] = (tiny / ARCHIVE).read_bytes()
    progress = fetch("cifar10", tmp_path)
    assert any("162.6 MiB" in what and HOST in what for what in progress)
    found = load_data("cifar10")
    theirs = data_fetch.PUBLISHED["cifar10"].source(tiny)
    assert np.array_equal(found.train_images, theirs.data)
    pixels = theirs.data.reshape(-1, 3).astype(float)
    assert found.mean == pytest.approx(pixels.mean(axis=0))
    assert found.deviation == pytest.approx(pixels.std(axis=0))
    assert kept() == ["cifar10.safetensors"]
    with pytest.raises(ValueError, match="read-only"):
        found.train_images[0] = 0


def test_batches_of_a_stored_data_set_are_its_images(tiny: Path, tmp_path: Path) -> None:
    import torch

    fetch("cifar10", tmp_path, tiny / ARCHIVE)
    data = load_data("cifar10")
    batches = Batches(data, TrainingSettings(dataset="cifar10", batch_size=100), torch.device("cpu"))
    images, labels = batches.batch(0)
    order = batches.plan(0)[:, 0]
    assert torch.equal(labels, torch.tensor(data.train_labels)[order])
    pixels = (images / batches.scale + batches.mean).round().to(torch.uint8).permute(0, 2, 3, 1)
    assert np.array_equal(pixels.numpy(), data.train_images[order.numpy()])


def test_a_damaged_download_is_named_and_leaves_nothing(tiny: Path, server: FileServer, tmp_path: Path) -> None:
    data = bytearray((tiny / ARCHIVE).read_bytes())
    data[-1] ^= 1
    server.files[ARCHIVE] = bytes(data)
    with pytest.raises(DataFileError, match=re.escape(data_fetch.DAMAGED.format(name=ARCHIVE, host=HOST))):
        fetch("cifar10", tmp_path)
    assert kept() == []
    assert not is_present("cifar10")


def test_a_connection_that_breaks_off_is_named(tiny: Path, server: FileServer, tmp_path: Path) -> None:
    server.files[ARCHIVE] = (tiny / ARCHIVE).read_bytes()
    server.stalls = True
    server.let_go.set()
    with pytest.raises(DataFileError, match=re.escape(data_fetch.BROKE_OFF.format(host=HOST))):
        fetch("cifar10", tmp_path)
    assert kept() == []


def test_a_server_without_the_file_and_no_server_are_one_sentence_each(
    tiny: Path, server: FileServer, tmp_path: Path
) -> None:
    with pytest.raises(DataFileError, match=rf"CIFAR-10 .*{HOST} .*404"):
        fetch("cifar10", tmp_path)
    server.close()
    unreachable = data_fetch.UNREACHABLE.format(name="CIFAR-10", host=HOST, cause=os.strerror(errno.ECONNREFUSED))
    with pytest.raises(DataFileError, match=re.escape(unreachable)):
        fetch("cifar10", tmp_path)


def test_no_address_but_of_the_web_is_asked(
    data_directory: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(data_fetch.MIRROR_VARIABLE, "file:///etc")
    with pytest.raises(DataFileError, match="http"):
        fetch("cifar10", tmp_path)


def test_a_full_disk_is_said_before_the_download(
    tiny: Path, server: FileServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = type("Usage", (), {"free": 6 * 170_498_071 - 5 * 2**20})
    monkeypatch.setattr(data_fetch.shutil, "disk_usage", lambda _: usage)
    with pytest.raises(DataFileError, match=r"\b5 MiB"):
        fetch("cifar10", tmp_path)
    assert server.asked == []


def test_four_files_are_fetched_and_checked_one_by_one(
    data_directory: Path, server: FileServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {f"{name}.gz": gzip.compress(data) for name, data in write_fashion(tmp_path / "raw", packed=False).items()}
    resources = [(name, hashlib.md5(files[name]).hexdigest()) for name, _ in datasets.FashionMNIST.resources]
    monkeypatch.setattr(datasets.FashionMNIST, "resources", resources)
    server.files |= files
    fetch("fashion_mnist", tmp_path)
    assert server.asked == [name for name, _ in resources]
    assert load_data("fashion_mnist").train_images.shape == (30, 28, 28, 1)


@pytest.mark.parametrize("layout", ["FashionMNIST/raw", "fashion-mnist", "."])
def test_a_folder_that_is_there_is_found_by_itself(
    layout: str, data_directory: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    write_fashion(tmp_path / "root" / layout / "x", packed=True)
    assert find_existing("cifar10") is None
    monkeypatch.setenv("RESIDUAL_EXPLORER_DATASETS", str(tmp_path / "root"))
    for file in (tmp_path / "root" / layout / "x").iterdir():
        file.rename(file.parent.parent / file.name)
    place = find_existing("fashion_mnist")
    assert place is not None
    assert place.resolve() == (tmp_path / "root" / layout).resolve()
    data_module._load.cache_clear()
    fetch("fashion_mnist", tmp_path, place)
    assert len(load_data("fashion_mnist").test_labels) == 10
    data_module._load.cache_clear()


def test_torchvision_s_usual_folder_holds_cifar(tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "home").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert find_existing("cifar10") is None
    (tmp_path / "home" / "data").symlink_to(tiny)
    place = find_existing("cifar10")
    assert place is not None
    assert place.name == datasets.CIFAR10.base_folder
    fetch("cifar10", tmp_path, place)
    assert is_present("cifar10")
