"""What a pickle of torch's says about a tensor: our answers to the functions that it calls to put tensors together."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from explorer.engine.files.errors import DAMAGED, QUANTISED, RefusedError
from explorer.engine.files.inert import Name, StandIn, mapping
from explorer.engine.files.pickles import Builder, Reader
from explorer.engine.files.values import Values, placed

STORAGES: Mapping[str, str] = {
    "DoubleStorage": "float64",
    "FloatStorage": "float32",
    "HalfStorage": "float16",
    "BFloat16Storage": "bfloat16",
    "LongStorage": "int64",
    "IntStorage": "int32",
    "ShortStorage": "int16",
    "CharStorage": "int8",
    "ByteStorage": "uint8",
    "BoolStorage": "bool",
    "ComplexFloatStorage": "complex64",
    "ComplexDoubleStorage": "complex128",
    "UntypedStorage": "uint8",
    "_UntypedStorage": "uint8",
}
"""The types of torch's storages, by class. A storage without a type counts bytes."""
QUANTISED_STORAGES = ("QInt8Storage", "QUInt8Storage", "QInt32Storage", "QUInt4x2Storage", "QUInt2x4Storage")


@dataclass(frozen=True, eq=False, slots=True)
class Storage:
    """Numbers that lie beside the pickle under a key, from element `first` on."""

    key: str
    dtype: str
    first: int = 0


@dataclass(frozen=True, eq=False, slots=True)
class Described:
    """A tensor as a pickle describes it. `lacks` says why its values cannot be read, where they cannot."""

    storage: Storage | None
    offset: Any = 0
    shape: Any = ()
    strides: Any = ()
    dtype: str = ""
    lacks: str = ""

    def place(self, storages: Mapping[str, tuple[int, int]]) -> Values:
        """Where its values lie, where the storages' bytes begin and end at these places. Raises RefusedError."""
        if self.storage is None or self.storage.key not in storages or not isinstance(self.offset, int):
            raise RefusedError(DAMAGED)
        start, end = storages[self.storage.key]
        return placed(self.dtype, self.shape, self.strides, self.storage.first + self.offset, (start, end))


def storage_type(name: object) -> str:
    """The type of a storage's numbers by its class, as torch names it. Raises RefusedError for what is none."""
    last = name.text.rpartition(".")[2] if isinstance(name, Name) and name.text.startswith("torch.") else ""
    if last in QUANTISED_STORAGES:
        raise RefusedError(QUANTISED)
    if last not in STORAGES:
        raise RefusedError(DAMAGED)
    return STORAGES[last]


def _tensor(storage: object, offset: object, shape: object, strides: object, *_: object) -> Described:
    if not isinstance(storage, Storage):
        raise RefusedError(DAMAGED)
    return Described(storage, offset, shape, strides, storage.dtype)


def _typed_tensor(storage: object, offset: object, shape: object, strides: object, *rest: object) -> Described:
    dtype = rest[2] if len(rest) > 2 else None  # behind two entries on gradients
    if not isinstance(storage, Storage) or not isinstance(dtype, Name):
        raise RefusedError(DAMAGED)
    return Described(storage, offset, shape, strides, dtype.text.removeprefix("torch."))


def _quantised(*_: object) -> Described:
    raise RefusedError(QUANTISED)


def _lacking(what: str) -> Builder:
    return lambda *_: Described(None, lacks=what)


def _first(value: object = None, *_: object) -> object:
    return value


def _again(function: object = None, _type: object = None, arguments: object = (), *_: object) -> object:
    """A tensor of a subclass: the function that makes it is among the arguments."""
    builder = BUILDERS.get(function.text) if isinstance(function, Name) else None
    if builder is None or not isinstance(arguments, tuple):
        return StandIn("torch.Tensor")
    return builder(*arguments)


def _mapping(pairs: object = (), *_: object) -> dict[Any, Any]:
    if isinstance(pairs, dict):
        return dict(pairs)
    if not isinstance(pairs, tuple | list):
        return {}
    if not all(isinstance(each, tuple | list) and len(each) == 2 for each in pairs):
        raise RefusedError(DAMAGED)
    return mapping([part for pair in pairs for part in pair])


BUILDERS: Mapping[str, Builder] = {
    "torch._utils._rebuild_tensor": _tensor,
    "torch._utils._rebuild_tensor_v2": _tensor,
    "torch._utils._rebuild_tensor_v3": _typed_tensor,
    "torch._utils._rebuild_parameter": _first,
    "torch._utils._rebuild_parameter_with_state": _first,
    "torch._utils._rebuild_qtensor": _quantised,
    "torch._utils._rebuild_sparse_tensor": _lacking("a sparse tensor"),
    "torch._utils._rebuild_sparse_csr_tensor": _lacking("a sparse tensor"),
    "torch._utils._rebuild_meta_tensor_no_storage": _lacking("a tensor without values"),
    "torch._utils._rebuild_nested_tensor": _lacking("a nested tensor"),
    "torch._tensor._rebuild_from_type_v2": _again,
    "torch._tensor._rebuild_from_type": _again,
    "torch.Size": lambda *given: tuple(given[0]) if given and isinstance(given[0], tuple | list) else (),
    "collections.OrderedDict": _mapping,
    "collections.defaultdict": lambda *_: {},
    "builtins.dict": _mapping,
}
"""Nothing else that a pickle calls is answered; no entry does more than keep what it is given."""


def pickle_reader(persistent: Callable[[object], object]) -> Reader:
    """A reader of torch's pickles; `persistent` answers with the storages that its ids stand for."""
    return Reader(BUILDERS, persistent)


def storage_of(identity: object) -> Storage | Name:
    """The storage that an id of torch's stands for: `("storage", class, key, device, elements)`. Raises RefusedError.

    In files from before PyTorch 1.6 a sixth entry says where the storage is a part of another, as `(key, first,
    elements)`, and an id `("module", class, file, source)` stands for a class.
    """
    if not isinstance(identity, tuple) or len(identity) < 4:
        raise RefusedError(DAMAGED)
    if identity[0] == "module" and isinstance(identity[1], Name):
        return identity[1]
    key, view = identity[2], identity[5] if len(identity) == 6 else None
    first = view[1] if isinstance(view, tuple) and len(view) == 3 else 0
    if identity[0] != "storage" or not isinstance(key, str | int) or not isinstance(first, int) or first < 0:
        raise RefusedError(DAMAGED)
    return Storage(str(key), storage_type(identity[1]), first)
