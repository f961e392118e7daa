"""Values of tensors that lie in a file as plain numbers: checked against the file's size, read one tensor at a time."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import torch
from torch import Tensor

from explorer.engine.files.errors import DAMAGED, NOT_HELD, RefusedError
from explorer.language import N_, sentence

DTYPES = (
    *("float64", "float32", "float16", "bfloat16", "complex64", "complex128", "bool"),
    *("uint8", "int8", "int16", "int32", "int64", "uint16", "uint32", "uint64"),
    *("float8_e4m3fn", "float8_e5m2", "float8_e4m3fnuz", "float8_e5m2fnuz"),
)
"""Types of torch's that are read, by its names for them."""
MOST_DIMENSIONS = 16


def item_bytes(dtype: str) -> int:
    """Bytes of one number. Raises RefusedError for a type that is not in `DTYPES`."""
    if dtype not in DTYPES:
        raise RefusedError(sentence("has tensors of the type {type}, which is not read", type=dtype[:40]))
    return torch_type(dtype).itemsize


def torch_type(dtype: str) -> torch.dtype:
    """torch's type of this name."""
    found: torch.dtype = getattr(torch, dtype)
    return found


@dataclass(frozen=True)
class Values:
    """Where a tensor's numbers lie: `start` is the byte of its first element in the file, strides count elements."""

    dtype: str
    shape: tuple[int, ...]
    strides: tuple[int, ...]
    start: int

    @property
    def span(self) -> int:
        """Elements from the tensor's first to its last, with what lies between them."""
        if 0 in self.shape:
            return 0
        return 1 + sum((size - 1) * stride for size, stride in zip(self.shape, self.strides, strict=True))


def contiguous(shape: Sequence[int]) -> tuple[int, ...]:
    """The strides of an array of this shape whose last axis varies fastest, in elements."""
    return tuple(math.prod(shape[place + 1 :]) for place in range(len(shape)))


def placed(dtype: str, shape: object, strides: object, offset: object, room: tuple[int, int]) -> Values:
    """The place of a tensor in a storage whose bytes lie from `room[0]` to `room[1]`; `offset` counts elements.

    Raises RefusedError where the tensor claims elements outside its storage.
    """
    size = item_bytes(dtype)
    shape, strides = _counts(shape), _counts(strides)
    if len(shape) != len(strides) or not isinstance(offset, int) or offset < 0:
        raise RefusedError(DAMAGED)
    found = Values(dtype, shape, strides, room[0] + offset * size)
    if found.start + found.span * size > room[1] and found.span:
        raise RefusedError(sentence(NOT_HELD, shape=str(shape)))
    return found


def _counts(given: object) -> tuple[int, ...]:
    if not isinstance(given, tuple | list) or len(given) > MOST_DIMENSIONS:
        raise RefusedError(DAMAGED)
    if not all(isinstance(each, int) and not isinstance(each, bool) and 0 <= each < 2**62 for each in given):
        raise RefusedError(N_("is damaged: a tensor's shape is not made of whole numbers"))
    return tuple(given)


def read_values(path: Path, values: Sequence[Values], places: Sequence[int]) -> list[Tensor]:
    """The tensors at these places. Raises RefusedError where the file ends before one does."""
    with path.open("rb") as file:
        return [_read(file, values[place]) for place in places]


def _read(file: BinaryIO, values: Values) -> Tensor:
    dtype = torch_type(values.dtype)
    if values.span == 0:
        return torch.empty(values.shape, dtype=dtype)
    data = bytearray(values.span * dtype.itemsize)
    file.seek(values.start)
    if file.readinto(data) != len(data):  # type: ignore[attr-defined]  # every binary file that `open` returns has it
        raise RefusedError(DAMAGED)
    return torch.frombuffer(data, dtype=dtype).as_strided(values.shape, values.strides)
