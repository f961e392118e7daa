"""ONNX: a program of operations with its weights; the weights are read, in the order in which the program uses them."""

import math
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from explorer.engine.files.contents import Contents, Limits
from explorer.engine.files.errors import DAMAGED, NOT_HELD, QUANTISED, TOO_MUCH, RefusedError
from explorer.engine.files.values import DTYPES, MOST_DIMENSIONS, item_bytes
from explorer.identify.records import StoredTensor
from explorer.language import N_, sentence

if TYPE_CHECKING:
    from onnx import GraphProto, NodeProto, TensorProto

FORM = "ONNX"
TYPES = ("", "float32", "uint8", "int8", "uint16", "int16", "int32", "int64", "", "bool", "float16", "float64")
"""Types of ONNX by their number (TensorProto.DataType); the numbers behind these are in `MORE_TYPES`."""
MORE_TYPES = {12: "uint32", 13: "uint64", 14: "complex64", 15: "complex128", 16: "bfloat16"}
QUANTISED_OPERATIONS = frozenset(
    {"DequantizeLinear", "QLinearConv", "QLinearMatMul", "ConvInteger", "MatMulInteger", "DynamicQuantizeLinear"}
)
FIRST_TAG = 0x08
"""How the file begins: field 1 of the model, the version of the format, a small number."""
SECOND_TAGS = frozenset({0x12, 0x1A, 0x22, 0x28, 0x32, 0x3A, 0x42, 0x72})
"""Field numbers of the model that may follow: who wrote it, its version, its graph, its operators' version."""
WEIGHTS = frozenset({"float16", "bfloat16", "float32", "float64", "complex64", "complex128"})
"""Types of weights. Whole numbers are shapes, axes and positions, which an exporter stores beside them."""
MATRIX_PLACE = 1
"""Where a multiplication takes its weights."""


def is_onnx(head: bytes) -> bool:
    """Whether a file that begins so can be ONNX, which has no mark of its own."""
    return len(head) > 3 and head[0] == FIRST_TAG and 1 <= head[1] <= 40 and head[2] in SECOND_TAGS


def read_onnx(path: Path, limits: Limits) -> Contents:
    """The initialisers of a graph, in the order in which its nodes use them. Raises RefusedError.

    Constants of other types are skipped. Matrices that multiply from the right (inputs x outputs) are transposed to
    torch's layout.
    """
    import onnx
    from google.protobuf.message import DecodeError

    try:
        model = onnx.load(path, load_external_data=False)
    except DecodeError as error:
        raise RefusedError(DAMAGED) from error
    graph = model.graph
    if any(node.op_type in QUANTISED_OPERATIONS for node in graph.node):
        raise RefusedError(QUANTISED)
    if len(graph.initializer) > limits.tensors:
        raise RefusedError(TOO_MUCH)
    stored = {tensor.name: tensor for tensor in graph.initializer}
    names, turned = _in_order_of_use(graph, stored)
    listed = [_listed(stored[name], name in turned) for name in names]
    kept = [place for place, each in enumerate(listed) if each is not None]
    others = (f"{name} ({_type(stored[name])})" for name, each in zip(names, listed, strict=True) if each is None)
    skipped = (*_skipped(graph, stored), *others)
    tensors = [(stored[names[place]], names[place] in turned) for place in kept]
    return Contents(FORM, tuple(each for each in listed if each is not None), partial(_load, tensors), skipped[:200])


def _in_order_of_use(graph: "GraphProto", stored: dict[str, "TensorProto"]) -> tuple[list[str], set[str]]:
    """The names of the weights in the order of use, those that no node uses last; and those to be transposed."""
    order: dict[str, None] = {}
    turned: set[str] = set()
    for node in graph.node:
        for place, name in enumerate(node.input):
            if name in stored:
                order[name] = None
                if place == MATRIX_PLACE and _multiplies_from_the_right(node) and len(stored[name].dims) == 2:
                    turned.add(name)
    return [*order, *(name for name in stored if name not in order)], turned


def _multiplies_from_the_right(node: "NodeProto") -> bool:
    transposed = any(each.name == "transB" and each.i for each in node.attribute)
    return not transposed and str(node.op_type) in ("Gemm", "MatMul")


def _type(tensor: "TensorProto") -> str:
    """The type of a tensor's values, as torch calls it; "text" for one that has none."""
    name = TYPES[tensor.data_type] if tensor.data_type < len(TYPES) else MORE_TYPES.get(tensor.data_type, "")
    return name if name in DTYPES else "text"


def _listed(tensor: "TensorProto", turned: bool) -> StoredTensor | None:
    if tensor.data_location == tensor.EXTERNAL or tensor.external_data:
        raise RefusedError(N_("keeps its values in another file, which is not opened; save the model as one file"))
    dtype = _type(tensor)
    if dtype not in WEIGHTS:
        return None
    shape = tuple(tensor.dims)
    if len(shape) > MOST_DIMENSIONS or any(size < 0 for size in shape) or not _has_values(tensor, dtype):
        raise RefusedError(sentence(NOT_HELD, shape=str(shape[:MOST_DIMENSIONS])))
    return StoredTensor((tensor.name,), shape[::-1] if turned else shape, dtype, (1, 0) if turned else ())


def _has_values(tensor: "TensorProto", dtype: str) -> bool:
    count = math.prod(tensor.dims)
    if tensor.raw_data:
        return bool(len(tensor.raw_data) == count * item_bytes(dtype))
    lists = (tensor.float_data, tensor.int32_data, tensor.int64_data, tensor.double_data, tensor.uint64_data)
    held: int = sum(map(len, lists))
    return bool(held == count * (2 if dtype.startswith("complex") else 1))


def _skipped(graph: "GraphProto", stored: dict[str, "TensorProto"]) -> Iterator[str]:
    yield f"a graph of {len(graph.node):,} operations"
    if len(stored) < len(graph.initializer):
        yield f"{len(graph.initializer) - len(stored):,} initialisers under names that others have"


def _load(tensors: Sequence[tuple["TensorProto", bool]], places: Sequence[int]) -> list[Tensor]:
    from onnx import numpy_helper

    loaded = []
    for tensor, turned in (tensors[place] for place in places):
        array = numpy_helper.to_array(tensor)
        if tensor.data_type == tensor.BFLOAT16:
            values = torch.from_numpy(array.view("int16").copy()).view(torch.bfloat16)
        else:
            values = torch.from_numpy(array.copy())
        loaded.append(values.T if turned else values)
    return loaded
