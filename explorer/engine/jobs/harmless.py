"""Things in a pickled checkpoint that are neither tensors nor code: each is read as an empty stand-in, and named.

Training programs save numbers of numpy's, the arguments of the command, paths and dates beside the weights. torch's
restricted reader refuses all of them like code. A stand-in runs nothing of what the file names.
"""

import pickletools
import re
import struct
import zipfile
from _compat_pickle import IMPORT_MAPPING, NAME_MAPPING
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import IO, Any

DAMAGED = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    MemoryError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
    struct.error,
)
"""What torch's reader raises for bytes that do not make sense."""

HARMLESS = re.compile(
    r"numpy\.(core|_core)\.multiarray\.(scalar|_reconstruct)|numpy\.(dtype|ndarray|dtypes\.\w+|\w*int\d+|float\d+|bool_?)"
    r"|_codecs\.encode|argparse\.Namespace|pathlib\.\w+|datetime\.\w+|collections\.(defaultdict|deque)|builtins\.\w+"
    r"|torch\.nn\.modules\.loss\.\w+|types\.SimpleNamespace|omegaconf\.[\w.]+|easydict\.EasyDict"
    r"|yacs\.config\.CfgNode"
)
NEVER = re.compile(r"builtins\.(eval|exec|compile|getattr|setattr|__import__|open|input|breakpoint)")
"""These are called code, though a stand-in of them would run nothing: who saves them wants something run."""
FILLED: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {"collections.defaultdict": lambda *_: {}, "collections.deque": lambda *_: []}
)
"""What stands in for a class that torch's reader fills with items: it fills no other classes than `dict` and `list`."""
LARGEST_SCANNED = 16 * 2**20
PICKLES_BEFORE = 3
"""In a file from before PyTorch 1.6: a magic number, a version, and facts on the machine."""


class StandIn(dict[Any, Any]):
    """An empty mapping, whatever it is made from."""

    def __new__(cls, *_: object) -> "StandIn":
        return super().__new__(cls)

    def __init__(self, *_: object) -> None:
        super().__init__()

    def __setstate__(self, state: object) -> None:
        """Leaves the state out."""

    __hash__ = object.__hash__  # type: ignore[assignment]


def harmless_names(path: Path) -> list[str]:
    """The harmless classes that a checkpoint of torch's names, sorted; empty where its structure cannot be read."""
    try:
        found = _names_in_archive(path) if zipfile.is_zipfile(path) else _names_in_legacy(path)
    except (*DAMAGED, zipfile.BadZipFile, StopIteration):  # torch's reader says what is wrong
        return []
    return sorted(name for name in found if HARMLESS.fullmatch(name) and not NEVER.fullmatch(name))


def stand_ins(names: list[str]) -> list[Callable[..., Any] | tuple[Callable[..., Any], str]]:
    """A stand-in for each name, as `torch.serialization.safe_globals` takes them."""
    return [(FILLED.get(name) or type("StandIn", (StandIn,), {}), name) for name in names]


def _names_in_archive(path: Path) -> set[str]:
    with zipfile.ZipFile(path) as archive:
        name = next(name for name in archive.namelist() if name.endswith("data.pkl"))
        with archive.open(name) as file:
            return _names(file.read(LARGEST_SCANNED))


def _names_in_legacy(path: Path) -> set[str]:
    with path.open("rb") as file:
        for _ in range(PICKLES_BEFORE):
            for _ in pickletools.genops(file):
                pass
        return _names(file)


def _names(pickled: bytes | IO[bytes]) -> set[str]:
    return {_present_name(str(value)) for code, value, _ in pickletools.genops(pickled) if code.name == "GLOBAL"}


def _present_name(name: str) -> str:
    """The name that torch's reader looks up: a pickle has those of Python 2, such as `__builtin__ long` for `int`."""
    module, _, attribute = name.partition(" ")
    module, attribute = NAME_MAPPING.get((module, attribute), (IMPORT_MAPPING.get(module, module), attribute))
    return f"{module}.{attribute}"
