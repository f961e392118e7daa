"""What lies in nested containers, in their order: the tensors with the keys that lead to them, and the rest by name."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from explorer.engine.files.errors import TOO_MUCH, RefusedError
from explorer.engine.files.inert import Name, StandIn
from explorer.engine.files.rebuild import Described
from explorer.language import sentence

DEEPEST = 100
MOST_VALUES, MOST_TENSORS = 1_000_000, 100_000
MODULE_PARTS = ("_parameters", "_buffers", "_modules")
"""The attributes of a module of torch's that hold its tensors and its parts, in the order of its `state_dict`."""
MOST_SKIPPED = 200

Found = tuple[tuple[str, ...], Described]


@dataclass
class Nested:
    """What was found in nested containers."""

    tensors: list[Found] = field(default_factory=list)
    classes: set[str] = field(default_factory=set)
    """Names of classes of which there were objects."""
    plain: list[str] = field(default_factory=list)
    """Where containers lie that hold no tensors, and single values, by their dotted keys."""

    @property
    def skipped(self) -> tuple[str, ...]:
        """What was left out: classes first."""
        lacking = [f"{'.'.join(path)} ({each.lacks})" for path, each in self.tensors if each.lacks]
        names = [*sorted(self.classes), *lacking, *self.plain]
        more = len(names) - MOST_SKIPPED
        return (*names[:MOST_SKIPPED], *([f"{more:,} more"] if more > 0 else []))


def nested(content: object) -> Nested:
    """The tensors of nested containers, in order. Raises RefusedError where the nesting is too deep or endless."""
    walk = _Walk()
    if not walk.visit(content, ()):
        walk.found.plain.clear()
    return walk.found


class _Walk:
    def __init__(self) -> None:
        self.found = Nested()
        self._values = 0
        self._open: set[int] = set()
        self._done: set[int] = set()
        """What needs no second visit: what holds no tensors, and objects, which lead to one another in many ways."""

    def visit(self, value: object, path: tuple[str, ...]) -> bool:
        """Whether there are tensors in the value. Names its parts that hold none, unless there are none at all."""
        self._values += 1
        if self._values > MOST_VALUES or len(self.found.tensors) > MOST_TENSORS:
            raise RefusedError(TOO_MUCH)
        if len(self._open) > DEEPEST:
            raise RefusedError(sentence("nests its values more than {deepest} deep", deepest=DEEPEST))
        if isinstance(value, Described):
            self.found.tensors.append((path or ("tensor",), value))
            return True
        if isinstance(value, Name | StandIn):
            self.found.classes.add((value.text if isinstance(value, Name) else value.name)[:100])
        if (
            not isinstance(value, Mapping | list | tuple | StandIn)
            or id(value) in self._done
            or id(value) in self._open
        ):
            return False
        self._open.add(id(value))
        holds = self._visit_parts(value, path)
        self._open.discard(id(value))
        if not holds or isinstance(value, StandIn):
            self._done.add(id(value))
        return holds

    def _visit_parts(self, value: object, path: tuple[str, ...]) -> bool:
        if isinstance(value, Mapping):
            self.found.classes.update(key.name[:100] for key in value if isinstance(key, StandIn))
        of_module = isinstance(value, StandIn) and is_module(value)
        without: list[str] = []
        start = len(self.found.plain)
        holds = False
        for keys, part in parts(value):
            if self.visit(part, (*path, *keys)):
                holds = True
            elif keys and not isinstance(part, StandIn | Name):
                without.append(".".join((*path, *keys))[:100])
        if not holds:
            del self.found.plain[start:]
        elif not of_module:
            self.found.plain.extend(without)
        return holds


def is_module(value: StandIn) -> bool:
    """Whether this stands for a module of torch's."""
    return isinstance(value.state, dict) and all(isinstance(value.state.get(part), dict) for part in MODULE_PARTS)


def parts(value: object) -> Iterator[tuple[tuple[str, ...], Any]]:
    """The values that a value contains, with the keys that lead to each; none where it is no container."""
    if isinstance(value, Mapping):
        yield from (((key_text(key),), part) for key, part in value.items())
    elif isinstance(value, list | tuple):
        yield from (((str(place),), part) for place, part in enumerate(value))
    elif isinstance(value, StandIn) and is_module(value):
        for name in MODULE_PARTS:
            yield from parts(value.state[name])
    elif isinstance(value, StandIn):
        yield from parts(value.items)
        yield from (((), each) for each in (*value.arguments, value.state))


def key_text(key: object) -> str:
    """A key as a part of a name."""
    if isinstance(key, bytes):
        return key.decode("utf-8", errors="replace")
    return key.name if isinstance(key, StandIn) else str(key)
