"""Keras: HDF5 files (`.h5`, `.weights.h5`) and the archive `.keras` that contains one. Kernels come in torch's layout.

Links are followed only within their file and only where they are the object's own name (hard links); data that lie in
other files are refused. Older files list their layers in attributes; in files of Keras 3 the place of each array's
header tells when it was written, which is in the order of the layers (tried with Keras 3.15: ResNet50, ResNet50V2).
"""

import os
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from explorer.engine.files.contents import Contents, Limits
from explorer.engine.files.errors import OTHER_ARCHIVE, TOO_MUCH, RefusedError
from explorer.engine.files.keras_names import layout, readable
from explorer.engine.files.values import DTYPES, MOST_DIMENSIONS
from explorer.engine.files.windows import Window, member_window
from explorer.identify.ordering import natural
from explorer.identify.records import StoredTensor
from explorer.language import N_

# HDF5 looks for filters that it lacks among programs on the disk, and runs them; this value forbids it.
os.environ["HDF5_PLUGIN_PRELOAD"] = "::"

import h5py

FORM = "Keras"
WEIGHTS = "model.weights.h5"
ARCHIVE_MEMBERS = frozenset({WEIGHTS, "config.json", "metadata.json"})
LAYERS, TENSORS = "layer_names", "weight_names"
"""Attributes of groups in files from before Keras 3: the names of what is in them, in order."""
DEEPEST = 50
MOST_NAMES = 1_000_000
ELSEWHERE = N_("keeps its values in another file, which is not opened")


@dataclass(frozen=True)
class Array:
    """An array of an HDF5 file: its place there, the names under which it is listed, and its axes in torch's order."""

    place: str
    names: tuple[str, ...]
    dtype: str
    axes: tuple[int, ...]
    shape: tuple[int, ...]


def is_keras_archive(names: Sequence[str]) -> bool:
    """Whether an archive with members of these names is one of Keras'."""
    return bool(ARCHIVE_MEMBERS & set(names))


def read_keras_archive(path: Path, limits: Limits, archive: zipfile.ZipFile) -> Contents:
    """The weights in an archive of Keras 3. Raises RefusedError."""
    member = next((each for each in archive.infolist() if each.filename == WEIGHTS), None)
    if member is None or member.compress_type != zipfile.ZIP_STORED:
        raise RefusedError(OTHER_ARCHIVE)
    with path.open("rb") as file:
        return _contents(path, member_window(file, member), limits)


def read_hdf5(path: Path, limits: Limits) -> Contents:
    """The arrays of an HDF5 file, those of Keras in the order of its layers. Raises RefusedError."""
    with path.open("rb") as file:
        return _contents(path, Window(file, 0, path.stat().st_size), limits)


def _contents(path: Path, window: Window, limits: Limits) -> Contents:
    with h5py.File(window, "r") as file:
        found, skipped = _arrays(file, limits)
    listed = tuple(StoredTensor(each.names, each.shape, each.dtype, _moved(each.axes)) for each in found)
    return Contents(FORM, listed, partial(_load, path, (window.start, window.length), found), tuple(skipped[:200]))


def _moved(axes: tuple[int, ...]) -> tuple[int, ...]:
    return () if axes == tuple(range(len(axes))) else axes


def _arrays(file: h5py.File, limits: Limits) -> tuple[list[Array], list[str]]:
    skipped: list[str] = []
    data = dict(_datasets(file, skipped))
    if len(data) > limits.tensors:
        raise RefusedError(TOO_MUCH)
    listed = [place for place in _listed_order(file) if place in data]
    rest = _by_address({place: data[place] for place in data.keys() - set(listed)})
    found: list[Array] = []
    names = readable({place: _layer_name(data[place]) for place in (*dict.fromkeys(listed), *rest)})
    for place, its_names in names.items():
        dtype = _dtype(data[place])
        if data[place].shape is None or dtype not in DTYPES or len(data[place].shape) > MOST_DIMENSIONS:
            skipped.append(f"{place[:80]} ({dtype[:40]})")
            continue
        if data[place].is_virtual or data[place].external:
            raise RefusedError(ELSEWHERE)
        axes, shape = layout(its_names, data[place].shape)
        found.append(Array(place, its_names, dtype, axes, shape))
    return found, skipped


def _by_address(data: Mapping[str, h5py.Dataset]) -> list[str]:
    """Places in the order in which their groups were written, within a group by name.

    A header, or a few numbers, may go into space that became free before: a group's last address tells.
    """
    last: dict[str, int] = {}
    for place, each in data.items():
        group = place.rpartition("/")[0]
        addresses = (h5py.h5o.get_info(each.id).addr, h5py.h5o.get_info(each.parent.id).addr, each.id.get_offset() or 0)
        last[group] = max(last.get(group, 0), *addresses)
    return sorted(data, key=lambda place: (last[place.rpartition("/")[0]], natural(place)))


def _datasets(file: h5py.File, skipped: list[str]) -> Iterator[tuple[str, h5py.Dataset]]:
    """Every array that hard links lead to, once, with its place. Adds links that are not followed to `skipped`."""
    waiting: list[tuple[str, h5py.Group, int]] = [("", file, 0)]
    seen = {h5py.h5o.get_info(file.id).addr}
    while waiting:
        start, group, depth = waiting.pop()
        if depth > DEEPEST or len(seen) > MOST_NAMES:
            raise RefusedError(TOO_MUCH)
        for name in group:
            place = f"{start}{name}"
            if not isinstance(group.get(name, getlink=True), h5py.HardLink):
                skipped.append(f"{place[:80]} (a link to another place, not followed)")
                continue
            each = group[name]
            address = h5py.h5o.get_info(each.id).addr
            if address in seen:
                continue
            seen.add(address)
            if isinstance(each, h5py.Dataset):
                yield place, each
            elif isinstance(each, h5py.Group):
                waiting.append((f"{place}/", each, depth + 1))


def _dtype(data: h5py.Dataset) -> str:
    if data.attrs.get("dtype") == "bfloat16" and data.dtype.itemsize == 2:
        return "bfloat16"
    return str(data.dtype.newbyteorder("=")) if data.dtype.kind in "fiubc" else "text or records"


def _layer_name(data: h5py.Dataset) -> str:
    """The name of the layer that has this array, where the file says it beside the array."""
    name = data.parent.attrs.get("name")
    return name if isinstance(name, str) else ""


def _listed_order(file: h5py.File) -> Iterator[str]:
    """The places of arrays in the order in which a file from before Keras 3 lists its layers."""
    for name in ("", "model_weights", "optimizer_weights"):
        group, start = (_own(file, name), f"{name}/") if name else (file, "")
        if not isinstance(group, h5py.Group):
            continue
        yield from (f"{start}{name}" for name in _texts(group, TENSORS))
        for layer in _texts(group, LAYERS):
            inner = _own(group, layer)
            if isinstance(inner, h5py.Group):
                yield from (f"{start}{layer}/{name}" for name in _texts(inner, TENSORS))


def _own(group: h5py.Group, name: str) -> object:
    """The part of this name, where the file has it and nothing but a hard link leads to it."""
    direct = "/" not in name and isinstance(group.get(name, getlink=True), h5py.HardLink)
    return group[name] if direct else None


def _texts(group: h5py.Group, attribute: str) -> list[str]:
    """An attribute that is a list of texts; a long one is in pieces whose names end with numbers."""
    found: list[Any] = list(group.attrs.get(attribute, ()))
    number = 0
    while f"{attribute}{number}" in group.attrs and len(found) < MOST_NAMES:
        found += list(group.attrs[f"{attribute}{number}"])
        number += 1
    return [each.decode("utf-8", "replace") if isinstance(each, bytes) else str(each) for each in found]


def _load(path: Path, place: tuple[int, int], arrays: Sequence[Array], wanted: Sequence[int]) -> list[Tensor]:
    with path.open("rb") as file, h5py.File(Window(file, *place), "r") as opened:
        return [_tensor(opened, arrays[each]) for each in wanted]


def _tensor(file: h5py.File, array: Array) -> Tensor:
    values = np.asarray(file[array.place][()])
    if array.dtype == "bfloat16":
        tensor = torch.from_numpy(values.view("int16").copy()).view(torch.bfloat16)
    else:
        tensor = torch.from_numpy(values.astype(values.dtype.newbyteorder("="))).clone()
    return tensor.permute(array.axes).reshape(array.shape)
