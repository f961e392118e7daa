"""Fashion-MNIST and CIFAR as their authors publish them, against torchvision's own readers on the same tiny files."""

import gzip
import hashlib
import io
import pickle
import tarfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from torchvision import datasets

from explorer.datasets.array_file import DataFileError
from explorer.datasets.catalogue import DATASETS
from explorer.engine.data.published import PUBLISHED, PlainUnpickler, read_cifar, read_fashion
from tests.engine.data.standin_cifar import opcodes, python2_pickle, standin

CIFARS = pytest.mark.parametrize("base", [datasets.CIFAR10, datasets.CIFAR100])


def test_the_table_says_what_torchvision_says() -> None:
    for name, published in PUBLISHED.items():
        assert DATASETS[name].source in published.downloads()[0][1]
    assert list(DATASETS["fashion_mnist"].classes) == datasets.FashionMNIST.classes
    assert len(PUBLISHED["fashion_mnist"].downloads()) == 4
    (archive,) = PUBLISHED["cifar10"].downloads()
    assert archive == (datasets.CIFAR10.filename, datasets.CIFAR10.url, datasets.CIFAR10.tgz_md5)


@CIFARS
def test_a_standin_cifar_is_read_as_torchvision_reads_it(base: type[Any], tmp_path: Path) -> None:
    tiny = standin(base, tmp_path)
    assert {"BINSTRING", "GLOBAL"} <= opcodes((tmp_path / tiny.base_folder / tiny.test_list[0][0]).read_bytes())
    for place in (tmp_path / tiny.base_folder, tmp_path / tiny.filename):
        arrays, classes = read_cifar(tiny, place)
        for part, train in (("train", True), ("test", False)):
            theirs = tiny(tmp_path, train=train)
            assert np.array_equal(arrays[f"{part}_images"], theirs.data)
            assert arrays[f"{part}_images"].dtype == np.uint8
            assert arrays[f"{part}_labels"].tolist() == theirs.targets
            assert list(classes) == theirs.classes


@CIFARS
def test_a_changed_byte_is_a_damaged_file(base: type[Any], tmp_path: Path) -> None:
    tiny = standin(base, tmp_path)
    file = tmp_path / tiny.base_folder / tiny.train_list[0][0]
    data = bytearray(file.read_bytes())
    data[1000] ^= 1
    file.write_bytes(data)
    with pytest.raises(DataFileError, match="damaged: its checksum"):
        read_cifar(tiny, file.parent)
    with pytest.raises(RuntimeError, match="corrupted"):
        tiny(tmp_path)


class Exploit:
    def __reduce__(self) -> tuple[Any, ...]:
        return exec, ("raise SystemExit('this has run')",)


@pytest.mark.parametrize("value", [Exploit(), {"data": [Exploit()]}, np.array([Exploit()], dtype=object)])
def test_a_pickle_that_calls_anything_is_refused_before_the_call(value: object) -> None:
    data = pickle.dumps(value, protocol=2)
    with pytest.raises(SystemExit, match="this has run"):
        pickle.loads(data)
    with pytest.raises(pickle.UnpicklingError, match=r"\.exec"):
        PlainUnpickler(io.BytesIO(data), encoding="latin1").load()


def test_a_pickle_with_the_right_checksum_and_code_in_it_is_refused(tmp_path: Path) -> None:
    tiny = standin(datasets.CIFAR10, tmp_path, meta=pickle.dumps(Exploit(), protocol=2))
    with pytest.raises(DataFileError, match=r"^batches\.meta .*\.exec"):
        read_cifar(tiny, tmp_path / tiny.base_folder)


def test_a_batch_of_another_form_is_refused(tmp_path: Path) -> None:
    tiny = standin(datasets.CIFAR10, tmp_path)
    for name, value in (("data_batch_1", {"data": np.zeros((2, 5), np.uint8), "labels": [0, 1]}), ("test_batch", [1])):
        changed = python2_pickle(value)
        (tmp_path / tiny.base_folder / name).write_bytes(changed)
        listed = tiny.train_list + tiny.test_list
        next(row for row in listed if row[0] == name)[1] = hashlib.md5(changed).hexdigest()
        with pytest.raises(DataFileError):
            read_cifar(tiny, tmp_path / tiny.base_folder)


def test_an_archive_that_lacks_a_file_or_is_cut_short_is_refused(tmp_path: Path) -> None:
    tiny = standin(datasets.CIFAR100, tmp_path)
    whole = (tmp_path / tiny.filename).read_bytes()
    (tmp_path / tiny.filename).write_bytes(whole[: len(whole) // 2])
    with pytest.raises(DataFileError, match=r"damaged archive|missing"):
        read_cifar(tiny, tmp_path / tiny.filename)
    with tarfile.open(tmp_path / tiny.filename, "w:gz") as archive:
        archive.add(tmp_path / tiny.base_folder / "train", "../train")
    with pytest.raises(DataFileError, match="is missing"):
        read_cifar(tiny, tmp_path / tiny.filename)
    (tmp_path / tiny.base_folder / "test").unlink()
    with pytest.raises(DataFileError, match="test is missing"):
        read_cifar(tiny, tmp_path / tiny.base_folder)


def idx(values: np.ndarray) -> bytes:
    """An IDX file of bytes (http://yann.lecun.com/exdb/mnist)."""
    return bytes((0, 0, 8, values.ndim)) + np.array(values.shape, ">u4").tobytes() + values.astype(np.uint8).tobytes()


def write_fashion(place: Path, packed: bool) -> dict[str, bytes]:
    random = np.random.Generator(np.random.PCG64(0))
    place.mkdir(parents=True)
    files = {}
    for name, count in (("train", 30), ("t10k", 10)):
        files[f"{name}-images-idx3-ubyte"] = idx(random.integers(0, 256, (count, 28, 28)))
        files[f"{name}-labels-idx1-ubyte"] = idx(random.integers(0, 10, count))
    for name, data in files.items():
        (place / (f"{name}.gz" if packed else name)).write_bytes(gzip.compress(data) if packed else data)
    return files


@pytest.mark.parametrize("packed", [True, False])
def test_a_standin_fashion_mnist_is_read_as_torchvision_reads_it(packed: bool, tmp_path: Path) -> None:
    place = tmp_path / "FashionMNIST" / "raw"
    for name, data in write_fashion(place, packed).items():
        (place / name).write_bytes(data)  # torchvision reads unpacked files only
    arrays, classes = read_fashion(datasets.FashionMNIST, place)
    for part, train in (("train", True), ("test", False)):
        theirs = datasets.FashionMNIST(tmp_path, train=train)
        assert np.array_equal(arrays[f"{part}_images"][..., 0], theirs.data.numpy())
        assert np.array_equal(arrays[f"{part}_labels"], theirs.targets.numpy())
    assert list(classes) == theirs.classes


def test_an_idx_file_that_is_short_or_of_another_kind_is_refused(tmp_path: Path) -> None:
    place = tmp_path / "raw"
    files = write_fashion(place, packed=False)
    name = "t10k-images-idx3-ubyte"
    for broken in (files[name][:-1], b"", b"\0\0\x0d\3" + files[name][4:], idx(np.zeros((10, 27, 28)))):
        (place / name).write_bytes(broken)
        with pytest.raises(DataFileError, match=f"{name} is damaged"):
            read_fashion(datasets.FashionMNIST, place)
    (place / name).write_bytes(idx(np.zeros((9, 28, 28))))
    with pytest.raises(DataFileError, match="do not belong"):
        read_fashion(datasets.FashionMNIST, place)
