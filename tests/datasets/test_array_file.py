"""The file of a data set, held against safetensors' own reader and writer."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors import SafetensorError, safe_open
from safetensors.numpy import load_file

from explorer.datasets.array_file import ARRAYS, DataFileError, open_dataset, read_facts
from explorer.datasets.array_writer import write_dataset


def arrays() -> dict[str, np.ndarray]:
    random = np.random.Generator(np.random.PCG64(0))
    found: dict[str, np.ndarray] = {}
    for part, count in (("train", 7), ("test", 3)):
        found[f"{part}_images"] = random.integers(0, 256, (count, 5, 5, 3), dtype=np.uint8)
        found[f"{part}_labels"] = random.integers(0, 4, count)
    return found | {"sheet": random.integers(0, 256, (3, 9, 1), dtype=np.uint8)}


FACTS: dict[str, Any] = {"name": "own_x", "dataset": {"label": "Blüten “a”"}, "report": {"skipped": [["a", "b"]]}}


@pytest.fixture
def written(tmp_path: Path) -> Path:
    write_dataset(tmp_path / "data.safetensors", arrays(), FACTS)
    return tmp_path / "data.safetensors"


def test_safetensors_reads_the_same(written: Path) -> None:
    theirs, ours = load_file(written), open_dataset(written)
    assert set(theirs) == set(ARRAYS) == set(ours)
    for name, array in arrays().items():
        assert np.array_equal(theirs[name], array)
        assert np.array_equal(ours[name], array)
        assert ours[name].dtype == array.dtype
    with safe_open(written, "np") as file:
        assert json.loads(file.metadata()["facts"]) == FACTS == read_facts(written)


def test_arrays_are_views_of_the_file_that_nobody_can_change(written: Path) -> None:
    found = open_dataset(written)["train_images"]
    assert isinstance(found, np.memmap)
    with pytest.raises(ValueError, match="read-only"):
        found[0] = 0


def test_nothing_unfinished_stays_behind(tmp_path: Path) -> None:
    broken = arrays() | {"sheet": "no array"}
    with pytest.raises(SafetensorError, match="dtype"):
        write_dataset(tmp_path / "data.safetensors", broken, FACTS)  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(FileNotFoundError):
        write_dataset(tmp_path / "no folder" / "data.safetensors", arrays(), FACTS)


@pytest.mark.parametrize("keep", [0, 5, 100, -1])
def test_a_damaged_file_is_refused(written: Path, keep: int) -> None:
    data = written.read_bytes()
    written.write_bytes(data[:keep])
    with pytest.raises(DataFileError):
        open_dataset(written)


@pytest.mark.parametrize("header", [b"[]", b"{}", b"null", b"{broken", b'{"__metadata__": {}}'])
def test_a_header_of_another_program_is_refused(written: Path, header: bytes) -> None:
    written.write_bytes(len(header).to_bytes(8, "little") + header)
    with pytest.raises(DataFileError, match=r"is no data set of this program: .* is missing"):
        open_dataset(written)
    written.write_bytes((2**62).to_bytes(8, "little") + header)
    with pytest.raises(DataFileError):
        read_facts(written)
