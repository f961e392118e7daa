"""Frozen dataclasses as lines of strict JSON and back, by their annotations: one way to write, one to read.

Understands numbers, text, texts that are translated later, flags, tuples (with named places too), mappings from text,
dataclasses of these, and each of them or None; a list where anything is allowed is read as a tuple. JSON has no NaN and
no infinity: both are written as null and read as NaN.
"""

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from functools import lru_cache
from types import MappingProxyType, NoneType, UnionType
from typing import Any, Literal, get_args, get_origin, get_type_hints

from explorer.language import Sentence, Text


def to_line(value: object) -> str:
    """The value as one compact line of strict JSON, without the line's end."""
    return json.dumps(to_plain(value), separators=(",", ":"), allow_nan=False)


def from_line(line: str) -> Mapping[str, Any]:
    """The object in one line of JSON. Raises ValueError where the line holds something else."""
    values = json.loads(line)
    _expect(isinstance(values, Mapping), "an object", values)
    found: Mapping[str, Any] = values
    return found


def to_plain(value: object) -> Any:
    """The value as JSON knows it: dictionaries, lists, text, numbers, null."""
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: to_plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, Mapping):
        return {str(name): to_plain(each) for name, each in value.items()}
    if isinstance(value, (tuple, list)):
        return [to_plain(each) for each in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def from_plain(kind: Any, value: Any) -> Any:
    """The value of type `kind` that `to_plain` wrote. Raises ValueError where it is something else.

    What a dataclass does not know is left out, what it lacks takes its default: versions can differ.
    """
    for is_such, read in READERS:
        if is_such(kind):
            return read(kind, value)
    return _scalar(kind, value)


def _union(kind: Any, value: Any) -> Any:
    (some,) = (each for each in get_args(kind) if each is not NoneType)
    return None if value is None else from_plain(some, value)


def _text(_: Any, value: Any) -> Text:
    return from_plain(Sentence, value) if isinstance(value, Mapping) else str(_scalar(str, value))


def _mapping(kind: Any, value: Any) -> Any:
    _expect(isinstance(value, Mapping), kind, value)
    return MappingProxyType({name: from_plain(get_args(kind)[1], each) for name, each in value.items()})


def _named_tuple(kind: Any, value: Any) -> Any:
    hints = get_type_hints(kind)
    return kind(*_tuple(tuple(hints[name] for name in kind._fields), value))


def _literal(kind: Any, value: Any) -> Any:
    _expect(value in get_args(kind), kind, value)
    return value


def _anything(value: Any) -> Any:
    return tuple(map(_anything, value)) if isinstance(value, list) else value


def _scalar(kind: Any, value: Any) -> Any:
    if kind is float:
        _expect(value is None or (isinstance(value, (int, float)) and not isinstance(value, bool)), kind, value)
        return math.nan if value is None else float(value)
    _expect(isinstance(value, kind) and isinstance(value, bool) == (kind is bool), kind, value)
    return value


def _tuple(kinds: tuple[Any, ...], value: Any) -> tuple[Any, ...]:
    _expect(isinstance(value, list), "a list", value)
    if len(kinds) == 2 and kinds[1] is Ellipsis:
        return tuple(from_plain(kinds[0], each) for each in value)
    _expect(len(kinds) == len(value), f"{len(kinds)} values", value)
    return tuple(from_plain(kind, each) for kind, each in zip(kinds, value, strict=True))


def _record(kind: type, value: Any) -> Any:
    _expect(isinstance(value, Mapping), kind, value)
    hints = _hints(kind)
    try:
        return kind(**{name: from_plain(hints[name], each) for name, each in value.items() if name in hints})
    except TypeError as error:
        raise ValueError(f"{kind.__name__} is incomplete: {error}") from None


@lru_cache(maxsize=128)
def _hints(kind: Any) -> Mapping[str, Any]:
    hints = get_type_hints(kind)
    return {each.name: hints[each.name] for each in fields(kind)}


def _expect(condition: bool, wanted: object, value: object) -> None:
    if not condition:
        raise ValueError(f"{wanted} expected, found {repr(value)[:60]}")


READERS: tuple[tuple[Callable[[Any], bool], Callable[[Any, Any], Any]], ...] = (
    (lambda kind: is_dataclass(kind) and isinstance(kind, type), _record),
    (lambda kind: get_origin(kind) is tuple, lambda kind, value: _tuple(get_args(kind), value)),
    (lambda kind: isinstance(kind, type) and hasattr(kind, "_fields"), _named_tuple),
    (lambda kind: kind == Text, _text),
    (lambda kind: get_origin(kind) is UnionType, _union),
    (lambda kind: get_origin(kind) in (Mapping, dict), _mapping),
    (lambda kind: get_origin(kind) is Literal, _literal),
    (lambda kind: kind is Any, lambda _, value: _anything(value)),
)
"""How values of each kind are read: the first entry that knows the kind; the others are scalars."""
