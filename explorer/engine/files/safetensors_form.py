"""Safetensors: eight bytes, a table of contents as JSON, and the values (https://huggingface.co/docs/safetensors)."""

import json
import math
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from explorer.engine.files.contents import Contents, Limits
from explorer.engine.files.errors import CUT, DAMAGED, TOO_MUCH, RefusedError
from explorer.engine.files.values import Values, contiguous, item_bytes, placed, read_values
from explorer.identify.ordering import natural
from explorer.identify.records import StoredTensor
from explorer.language import N_

FORM = "safetensors"
HEADER = 8
DTYPES: Mapping[str, str] = {
    "F64": "float64",
    "F32": "float32",
    "F16": "float16",
    "BF16": "bfloat16",
    "BOOL": "bool",
    "I64": "int64",
    "I32": "int32",
    "I16": "int16",
    "I8": "int8",
    "U64": "uint64",
    "U32": "uint32",
    "U16": "uint16",
    "U8": "uint8",
    "F8_E4M3": "float8_e4m3fn",
    "F8_E5M2": "float8_e5m2",
    "C64": "complex64",
}


def is_safetensors(head: bytes, limits: Limits) -> bool:
    """Whether a file that begins so is safetensors, by the first nine bytes."""
    return head[HEADER : HEADER + 1] == b"{" and int.from_bytes(head[:HEADER], "little") <= limits.structure


def read_safetensors(path: Path, limits: Limits) -> Contents:
    """The tensors of a safetensors file, in the order of their names with numbers by size. Raises RefusedError.

    The library that writes these files sorts the tensors by type and name, so their order is not that of definition.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        length = int.from_bytes(file.read(HEADER), "little")
        header = json.loads(file.read(length))
    if not isinstance(header, dict):
        raise RefusedError(DAMAGED)
    header.pop("__metadata__", None)
    if len(header) > limits.tensors:
        raise RefusedError(TOO_MUCH)
    names = sorted(header, key=natural)
    values = [_values(header[name], HEADER + length, size) for name in names]
    listed = tuple(StoredTensor((name,), each.shape, each.dtype) for name, each in zip(names, values, strict=True))
    return Contents(FORM, listed, partial(read_values, path, values), ordered=False)


def _values(entry: object, start: int, size: int) -> Values:
    if not isinstance(entry, dict) or not isinstance(entry.get("shape"), list):
        raise RefusedError(DAMAGED)
    (first, end), dtype = entry["data_offsets"], str(entry["dtype"])
    dtype = DTYPES.get(dtype, dtype)
    if not isinstance(first, int) or not isinstance(end, int) or not 0 <= first <= end <= size - start:
        raise RefusedError(CUT)
    found = placed(dtype, entry["shape"], contiguous(entry["shape"]), 0, (start + first, start + end))
    if math.prod(found.shape) * item_bytes(dtype) != end - first:
        raise RefusedError(N_("is damaged: the shape of a tensor is not that of its values"))
    return found
