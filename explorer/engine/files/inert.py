"""What stands in memory for the classes and functions that a pickle names: names, and objects without behaviour."""

import re
import sys
from _compat_pickle import IMPORT_MAPPING, NAME_MAPPING
from dataclasses import dataclass, field
from typing import Any

from explorer.engine.files.errors import DAMAGED, SAVE_AGAIN, RefusedError
from explorer.language import sentence

CALLS = "eval|exec|compile|getattr|setattr|delattr|__import__|open|input|breakpoint|globals|locals|vars"
PLAIN = re.compile(
    rf"builtins\.(?!({CALLS})$)\w+|_codecs\.encode|copyreg\.(_reconstructor|__newobj__(ex__)?)|types\.SimpleNamespace"
    r"|(abc|argparse|array|collections|dataclasses|datetime|decimal|enum|fractions|functools|itertools|logging|math|numbers"
    r"|operator|pathlib|random|re|string|threading|time|typing|uuid|weakref|zoneinfo)(\.\w+)+"
)
"""Names of the standard library that programs save beside weights. Another name of that library is called code."""
PYTHON_MODULES = sys.stdlib_module_names | {"__builtin__", "__builtins__", "commands", "nt", "posix"}
PLAIN_KEYS = (str, int, float, bytes, type(None))


@dataclass(frozen=True, slots=True)
class Name:
    """A class or function that the pickle names: `torch._utils._rebuild_tensor_v2`."""

    text: str


@dataclass(eq=False, slots=True)
class StandIn:
    """In place of an object of a class that is not built: what the pickle puts into it."""

    name: str
    arguments: tuple[Any, ...] = ()
    state: Any = None
    items: dict[Any, Any] = field(default_factory=dict)


def inert_name(module: str, attribute: str) -> Name:
    """A name as today's Python writes it. Raises RefusedError for one that runs code where others read the file."""
    module, attribute = NAME_MAPPING.get((module, attribute), (IMPORT_MAPPING.get(module, module), attribute))
    text = f"{module}.{attribute}"
    if module.partition(".")[0] in PYTHON_MODULES and not PLAIN.fullmatch(text):
        told = sentence(
            "carries code ({code}) besides tensors, and is refused. Where you trust it, save the tensors alone:"
            " {way_out}",
            code=text[:80],
            way_out=SAVE_AGAIN,
        )
        raise RefusedError(told)
    return Name(text)


def plain_key(key: object) -> object:
    """A key of a mapping; in place of one that has parts, a stand-in, since comparing parts has no bound."""
    if isinstance(key, PLAIN_KEYS):
        return key
    return key if isinstance(key, StandIn) else StandIn(key.text if isinstance(key, Name) else type(key).__name__)


def mapping(pairs: list[Any]) -> dict[Any, Any]:
    """A mapping of keys and values that alternate."""
    if len(pairs) % 2:
        raise RefusedError(DAMAGED)
    return {plain_key(key): value for key, value in zip(pairs[::2], pairs[1::2], strict=True)}
