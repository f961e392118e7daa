"""Files that are no checkpoint, are huge, damaged or carry code: refused in one sentence, and nothing of them runs."""

import argparse
import datetime
import io
import os
import pickle
import random
import struct
import sys
import tarfile
import zipfile
from collections import defaultdict, deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from explorer.engine.files import Limits, WeightFile, WeightsError, open_weights
from explorer.engine.files.errors import NO_SUCH_FILE, NO_TENSORS, OTHER_ARCHIVE, OTHER_KIND, TOO_MUCH
from tests.texts import numbers

ROOM = 10_000_000

TENSORS = {"a.weight": torch.arange(6.0).view(2, 3), "b": torch.ones(2)}

NO_CHECKPOINT = OTHER_KIND.partition(":")[0]


class Trap:
    """Makes a folder where it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[str]]:
        return os.mkdir, (str(self.path),)


def opened(path: Path, room: int = ROOM) -> WeightFile:
    return open_weights(path, Limits(file=room, values=room))


def read_all(path: Path) -> dict[str, torch.Tensor]:
    file = opened(path)
    names = [each.name for each in file.listing.tensors]
    return dict(zip(names, file.load(names), strict=True))


def refused(path: Path, room: int = ROOM) -> str:
    with pytest.raises(WeightsError) as caught:
        opened(path, room)
    message = str(caught.value)
    assert path.name in message
    assert "\n" not in message
    assert message.endswith(".")
    return message


@pytest.mark.parametrize("legacy", [False, True])
def test_code_is_refused_by_name_and_does_not_run(legacy: bool, tmp_path: Path) -> None:
    torch.save(
        {"state_dict": TENSORS, "args": Trap(tmp_path / "sprung")},
        tmp_path / "trap.pt",
        _use_new_zipfile_serialization=not legacy,
    )
    assert "carries code (posix.mkdir)" in refused(tmp_path / "trap.pt")
    assert not (tmp_path / "sprung").exists()
    torch.load(tmp_path / "trap.pt", weights_only=False)  # the trap does work
    assert (tmp_path / "sprung").exists()


def test_a_bare_pickle_is_no_checkpoint(tmp_path: Path) -> None:
    (tmp_path / "bare.pt").write_bytes(pickle.dumps(Trap(tmp_path / "sprung")))
    assert NO_CHECKPOINT in refused(tmp_path / "bare.pt")
    assert not (tmp_path / "sprung").exists()


@pytest.mark.filterwarnings("ignore:Couldn't retrieve source code")
@pytest.mark.parametrize("legacy", [False, True])
def test_of_a_whole_module_the_tensors_are_read(legacy: bool, tmp_path: Path) -> None:
    inner = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.BatchNorm2d(4), torch.nn.ReLU())
    module = torch.nn.Sequential(inner, torch.nn.Linear(2, 2))
    torch.save({"net": module}, tmp_path / "module.pt", _use_new_zipfile_serialization=not legacy)
    found = read_all(tmp_path / "module.pt")
    assert list(found) == [f"net.{name}" for name in module.state_dict()]
    assert all(torch.equal(found[f"net.{name}"], each) for name, each in module.state_dict().items())
    assert "torch.nn.modules.linear.Linear" in opened(tmp_path / "module.pt").listing.skipped


def test_a_program_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "script.pt", "w") as archive:
        archive.writestr("script/data.pkl", b"")
        archive.writestr("script/code/__torch__.py", "import os")
    assert "is a program" in refused(tmp_path / "script.pt")


@pytest.mark.parametrize(
    "content", [b"", b"\x89PNG\r\n\x1a\n", b"{}", b"hello, world", b"\x00" * 4096, struct.pack("<Q", 2**62) + b"{"]
)
def test_other_files_are_no_checkpoints(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "other.bin").write_bytes(content)
    assert NO_CHECKPOINT in refused(tmp_path / "other.bin")


def test_an_archive_of_something_else_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "letters.pt", "w") as archive:
        archive.writestr("letter.txt", "dear all")
    assert OTHER_ARCHIVE in refused(tmp_path / "letters.pt")


def test_a_huge_file_is_refused_without_being_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "huge.pt"
    with path.open("wb") as file:
        file.truncate(ROOM + 1)
    monkeypatch.setattr(Path, "open", None)
    assert numbers(refused(path)) == ["10,000,001", "10,000,000"]


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:00\n", "Git LFS"),
        (b"\n<!DOCTYPE html><html>", "web page"),
        (b"", "empty"),
    ],
)
def test_it_is_said_what_a_file_is(content: bytes, kind: str, tmp_path: Path) -> None:
    (tmp_path / "weights.pth").write_bytes(content)
    assert kind in refused(tmp_path / "weights.pth")


def test_a_tar_file_of_something_else_is_refused(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "letters.tar", "w") as archive:
        archive.add(__file__, "letter.txt")
    assert "it is a tar archive" in refused(tmp_path / "letters.tar")


HARMLESS = {
    "numpy scalar": np.float64(3.5),
    "numpy array": np.arange(3),
    "Namespace": argparse.Namespace(depth=20, path=Path("x")),
    "path": Path("x"),
    "date": datetime.datetime(2020, 1, 2),  # noqa: DTZ001
    "defaultdict": defaultdict(list, {"a": [1]}),
    "defaultdict of whole numbers": defaultdict(int, {"a": 1}),
    "deque": deque([1, 2], maxlen=3),
    "range": range(3),
    "criterion": torch.nn.CrossEntropyLoss(),
}


NAMED = {"Namespace": "argparse.Namespace", "criterion": "torch.nn.modules.loss.CrossEntropyLoss"}


@pytest.mark.parametrize(
    ("name", "legacy"),
    [(name, legacy) for name in HARMLESS for legacy in (False, True) if (name, legacy) != ("criterion", True)],
)
def test_harmless_things_are_left_out_and_named(name: str, legacy: bool, tmp_path: Path) -> None:
    path = tmp_path / "kept.pt"
    torch.save(
        {"extra": {Path("key"): HARMLESS[name]}, "state_dict": TENSORS},
        path,
        _use_new_zipfile_serialization=not legacy,
    )
    found = read_all(path)
    assert list(found) == [f"state_dict.{key}" for key in TENSORS]
    assert all(torch.equal(found[f"state_dict.{key}"], TENSORS[key]) for key in TENSORS)
    skipped = opened(path).listing.skipped
    assert any(each.startswith("pathlib") for each in skipped)
    assert name not in NAMED or NAMED[name] in skipped


@pytest.mark.parametrize("function", [eval, exec, getattr])
def test_a_call_is_code_though_it_is_builtin(function: Callable[..., Any], tmp_path: Path) -> None:
    class Calls:
        def __reduce__(self) -> tuple[Callable[..., Any], tuple[str]]:
            return function, ("1",)

    torch.save({"state_dict": TENSORS, "x": Calls()}, tmp_path / "trap.pt")
    assert "carries code" in refused(tmp_path / "trap.pt")


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    assert refused(tmp_path / "none.pt") == NO_SUCH_FILE.format(name="none.pt")
    assert "is a folder" in refused(tmp_path)


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "bomb.pt", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb/data.pkl", b"\x80\x02}.")
        archive.writestr("bomb/data/0", bytes(ROOM))
    assert (tmp_path / "bomb.pt").stat().st_size < 100_000
    assert numbers(refused(tmp_path / "bomb.pt")) == ["10,000,000"]


def test_compressed_members_are_not_pytorchs(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "small.pt", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("small/data.pkl", b"\x80\x02}.")
    assert OTHER_ARCHIVE in refused(tmp_path / "small.pt")


def test_a_structure_without_end_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "deep.pt", "w") as archive:
        archive.writestr("deep/data.pkl", b"(" * (Limits().structure + 1))
    assert TOO_MUCH in refused(tmp_path / "deep.pt", 10 * Limits().structure)


@pytest.mark.parametrize("content", [3, [], {"state_dict": {}}, {"model": {"lr": 0.1}}])
def test_no_named_tensors(content: object, tmp_path: Path) -> None:
    torch.save(content, tmp_path / "empty.pt")
    assert NO_TENSORS in refused(tmp_path / "empty.pt")


def test_a_checkpoint_that_contains_itself_ends(tmp_path: Path) -> None:
    content: dict[str, Any] = {"epoch": 3}
    content["model"] = content
    torch.save(content, tmp_path / "circle.pt")
    assert NO_TENSORS in refused(tmp_path / "circle.pt")


def written(kind: str, folder: Path) -> Path:
    path = folder / f"good.{kind}"
    if kind == "safetensors":
        save_file(TENSORS, path)
    else:
        torch.save(TENSORS, path, _use_new_zipfile_serialization=kind == "pt")
    return path


@pytest.mark.parametrize("kind", ["pt", "legacy", "safetensors"])
def test_good_files_are_read(kind: str, tmp_path: Path) -> None:
    tensors = read_all(written(kind, tmp_path))
    assert tensors.keys() == TENSORS.keys()
    assert all(torch.equal(tensors[key], tensor) for key, tensor in TENSORS.items())


@pytest.mark.parametrize("kind", ["pt", "legacy", "safetensors"])
def test_damaged_files_are_read_or_refused_and_nothing_else(kind: str, tmp_path: Path) -> None:
    good = written(kind, tmp_path).read_bytes()
    chance = random.Random(0)
    outcomes = {"read": 0, "refused": 0}
    for number in range(150):
        bad = bytearray(good[: chance.randrange(len(good))] if number % 3 == 0 else good)
        for _ in range(chance.randint(1, 8)):
            if bad:
                bad[chance.randrange(len(bad))] = chance.randrange(256)
        path = tmp_path / "bad.pt"
        path.write_bytes(bytes(bad))
        try:
            read_all(path)
            outcomes["read"] += 1
        except WeightsError:
            outcomes["refused"] += 1
    assert outcomes["refused"] > 20


def test_reading_prints_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spoken = io.StringIO()
    monkeypatch.setattr(sys, "stderr", spoken)
    read_all(written("legacy", tmp_path))
    assert spoken.getvalue() == ""
