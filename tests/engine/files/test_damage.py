"""A file that is cut or whose bytes are changed, of every form, is a listing with its values or one sentence."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import helper
from safetensors.torch import save

from explorer.engine.files import Limits, WeightsError, open_weights
from tests.engine.files.test_other_forms import model, write_h5, write_keras_3, write_tar

CONTENT = {"state_dict": {"a.weight": torch.arange(6.0).view(2, 3), "b": torch.ones(2)}, "epoch": 3}
LIMITS = Limits(file=10**6, values=10**6)


def saved(archive: bool) -> bytes:
    file = io.BytesIO()
    torch.save(CONTENT, file, _use_new_zipfile_serialization=archive)
    return file.getvalue()


def arrays(save_arrays: Callable[..., None]) -> bytes:
    file = io.BytesIO()
    save_arrays(file, a=np.arange(6.0), b=np.ones(2, np.float32))
    return file.getvalue()


def tar(folder: Path) -> bytes:
    write_tar(folder / "good", torch.arange(12.0).view(3, 4))
    return (folder / "good").read_bytes()


def onnx_file(folder: Path) -> bytes:
    node = helper.make_node("MatMul", ["image", "w"], ["y"])
    return model([node], {"w": np.ones((4, 2), np.float32)}, folder / "good").SerializeToString()


def hdf5(write: Callable[[h5py.File], None]) -> bytes:
    inner = io.BytesIO()
    with h5py.File(inner, "w") as file:
        write(file)
    return inner.getvalue()


def keras_archive() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("model.weights.h5", hdf5(write_keras_3))
    return file.getvalue()


FORMS: dict[str, Callable[[Path], bytes]] = {
    "archive": lambda _: saved(archive=True),
    "pickles": lambda _: saved(archive=False),
    "tar": tar,
    "safetensors": lambda _: save(dict(CONTENT["state_dict"])),
    "npz": lambda _: arrays(np.savez),
    "compressed npz": lambda _: arrays(np.savez_compressed),
    "onnx": onnx_file,
    "h5": lambda _: hdf5(write_h5),
    "keras": lambda _: keras_archive(),
}


def outcome(path: Path) -> str:
    """`read`, or the sentence."""
    try:
        file = open_weights(path, LIMITS)
        file.load(range(len(file.listing.tensors)))
    except WeightsError as error:
        message = str(error)
        assert message.startswith(path.name)
        assert message.endswith(".")
        assert "\n" not in message
        return message
    return "read"


@pytest.mark.parametrize("form", FORMS)
def test_a_file_that_is_cut_anywhere_is_refused(form: str, tmp_path: Path) -> None:
    good = FORMS[form](tmp_path)
    path = tmp_path / "weights.bin"
    path.write_bytes(good)
    assert outcome(path) == "read"
    # A tar file ends with empty blocks, which may be missing.
    end = len(good) - (20 * 512 if form == "tar" else 1)
    for length in {0, 1, 8, 9, 64, *range(10, end, max(1, end // 40)), end}:
        path.write_bytes(good[:length])
        assert outcome(path) != "read", length


@given(st.data())
@settings(max_examples=25, deadline=None)
@pytest.mark.parametrize("form", FORMS)
def test_changed_bytes(form: str, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    folder = tmp_path_factory.mktemp("changed")
    changed = bytearray(FORMS[form](folder))
    places = st.integers(0, min(len(changed), 4000) - 1)
    for place, value in data.draw(st.dictionaries(places, st.integers(0, 255), min_size=1, max_size=8)).items():
        changed[place] = value
    (folder / "weights.bin").write_bytes(changed)
    outcome(folder / "weights.bin")


@pytest.mark.parametrize(
    "head", [b"GGUF\x03\x00\x00\x00", b"\x89PNG\r\n\x1a\n", b"\x93NUMPY\x01\x00", b"%PDF-1.7", b"MZ\x90\x00"]
)
def test_another_programs_file_is_refused(head: bytes, tmp_path: Path) -> None:
    (tmp_path / "weights.pth").write_bytes(head + bytes(1000))
    assert "is not a checkpoint" in outcome(tmp_path / "weights.pth")
