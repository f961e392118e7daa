"""Reads a pickle as data: every opcode acts on plain containers, and no class or function is ever looked up.

A name in the pickle stays a name. Where the pickle calls one, a function of ours from a table answers (in place of
torch's functions that put tensors together), or an inert `StandIn` that keeps the state it is given. The opcodes are
those of the standard library's `pickletools`, which reads their arguments; protocols 0 to 5.
"""

import pickletools
from collections.abc import Callable, Mapping
from typing import IO, Any

from explorer.engine.files.errors import DAMAGED, TOO_MUCH, RefusedError
from explorer.engine.files.inert import Name, StandIn, inert_name, mapping, plain_key

MOST_STEPS = 2_000_000
"""Opcodes of one pickle. A ResNet-152 with the moments of its optimiser needs 60,000."""

Builder = Callable[..., Any]
"""Takes the arguments that the pickle gives to a name that it calls, returns the value."""


class Reader:
    """The machine that pickles are written for, with inert values. One for each pickle.

    `builders` answer calls by name, `persistent` answers the ids that stand for what lies outside of the pickle.
    """

    def __init__(self, builders: Mapping[str, Builder], persistent: Callable[[object], object]) -> None:
        self._builders, self._persistent = builders, persistent
        self._stack: list[Any] = []
        self._marks: list[int] = []
        self._memo: dict[int, Any] = {}

    def read(self, file: IO[bytes]) -> object:
        """The value of the pickle at the file's position, which is left behind its end. Raises RefusedError."""
        for step, (code, argument, _) in enumerate(pickletools.genops(file)):
            if step >= MOST_STEPS:
                raise RefusedError(TOO_MUCH)
            if code.name in PUSHED:
                self._stack.append(argument)
            elif code.name in CONSTANTS:
                self._stack.append(CONSTANTS[code.name]())
            else:
                STEPS[code.name](self, argument)
        return self._pop()

    def _pop(self) -> Any:
        if not self._stack or (self._marks and len(self._stack) <= self._marks[-1]):
            raise RefusedError(DAMAGED)
        return self._stack.pop()

    def _pop_to_mark(self) -> list[Any]:
        start = self._marks.pop()
        found = self._stack[start:]
        del self._stack[start:]
        return found

    def global_(self, argument: str) -> None:
        """A name written into the opcode."""
        module, _, attribute = argument.partition(" ")
        self._stack.append(inert_name(module, attribute))

    def stack_global(self, _: object) -> None:
        """A name from the stack."""
        attribute, module = self._pop(), self._pop()
        if not isinstance(attribute, str) or not isinstance(module, str):
            raise RefusedError(DAMAGED)
        self._stack.append(inert_name(module, attribute))

    def inst(self, argument: str) -> None:
        """A name written into the opcode, called with what lies above the mark."""
        self.global_(argument)
        name = self._pop()
        self._call(name, tuple(self._pop_to_mark()))

    def obj(self, _: object) -> None:
        """What lies above the mark: a name and its arguments."""
        name, *arguments = self._pop_to_mark()
        self._call(name, tuple(arguments))

    def reduce(self, _: object) -> None:
        """Calls a name."""
        arguments, name = self._pop(), self._pop()
        self._call(name, arguments)

    def new_with_keywords(self, _: object) -> None:
        """Calls a name; its keywords are left out."""
        self._pop()
        self.reduce(None)

    def _call(self, name: object, arguments: object) -> None:
        if not isinstance(name, Name) or not isinstance(arguments, tuple):
            raise RefusedError(DAMAGED)
        builder = self._builders.get(name.text)
        self._stack.append(builder(*arguments) if builder else StandIn(name.text, arguments))

    def build(self, _: object) -> None:
        """Gives a stand-in its state. Of plain containers and tensors the state is left out."""
        state = self._pop()
        if self._stack and isinstance(self._stack[-1], StandIn):
            self._stack[-1].state = state

    def persistent(self, argument: object) -> None:
        """What an id stands for."""
        self._stack.append(self._persistent(argument))

    def persistent_from_stack(self, _: object) -> None:
        """What an id on the stack stands for."""
        self._stack.append(self._persistent(self._pop()))

    def set_items(self, pairs: list[Any]) -> None:
        """Puts keys and values, alternating, into the container on top."""
        target = self._stack[-1]
        items = target.items if isinstance(target, StandIn) else target
        if not isinstance(items, dict) or len(pairs) % 2:
            raise RefusedError(DAMAGED)
        for key, value in zip(pairs[::2], pairs[1::2], strict=True):
            items[plain_key(key)] = value

    def append_all(self, values: list[Any]) -> None:
        """Puts values at the end of the container on top."""
        target = self._stack[-1]
        if isinstance(target, StandIn):
            target.items.update(enumerate(values, len(target.items)))
        elif isinstance(target, list):
            target.extend(values)
        else:
            raise RefusedError(DAMAGED)

    def memorise(self, place: int | None) -> None:
        """Remembers the top under a number."""
        self._memo[len(self._memo) if place is None else place] = self._stack[-1]

    def recall(self, place: int) -> None:
        """Puts what was remembered on top."""
        self._stack.append(self._memo[place])

    def mark(self, _: object) -> None:
        """Begins a group of values."""
        self._marks.append(len(self._stack))

    def pop(self, _: object) -> None:
        """Drops the top, or a group that is empty."""
        if self._marks and self._marks[-1] == len(self._stack):
            self._marks.pop()
        else:
            self._pop()

    def collect(self, make: Callable[[list[Any]], Any]) -> None:
        """Replaces a group by one value."""
        self._stack.append(make(self._pop_to_mark()))

    def take(self, count: int) -> None:
        """Replaces the topmost values by a tuple."""
        values = [self._pop() for _ in range(count)]
        self._stack.append(tuple(reversed(values)))

    def one(self, act: Callable[[list[Any]], None], count: int) -> None:
        """Does to the container below what a group would do, with the topmost values."""
        values = [self._pop() for _ in range(count)]
        act(values[::-1])

    def push_twice(self, values: list[Any]) -> None:
        """Puts each of the values there twice."""
        self._stack.extend(values * 2)

    def group(self, act: Callable[[list[Any]], None]) -> None:
        """Does something with a group to the container below it."""
        act(self._pop_to_mark())


def _set(values: list[Any]) -> StandIn:
    return StandIn("builtins.set", items=dict(enumerate(values)))


PUSHED = frozenset(
    {
        *("INT", "LONG", "LONG1", "LONG4", "BININT", "BININT1", "BININT2", "FLOAT", "BINFLOAT"),
        *("STRING", "BINSTRING", "SHORT_BINSTRING", "UNICODE", "SHORT_BINUNICODE", "BINUNICODE", "BINUNICODE8"),
        *("BINBYTES", "SHORT_BINBYTES", "BINBYTES8", "BYTEARRAY8"),
    }
)
"""Opcodes whose argument is the value."""
CONSTANTS: Mapping[str, Callable[[], Any]] = {
    "NONE": lambda: None,
    "NEWTRUE": lambda: True,
    "NEWFALSE": lambda: False,
    "EMPTY_LIST": list,
    "EMPTY_TUPLE": tuple,
    "EMPTY_DICT": dict,
    "EMPTY_SET": lambda: _set([]),
}
STEPS: Mapping[str, Callable[[Reader, Any], None]] = {
    **dict.fromkeys(("PROTO", "FRAME", "STOP"), lambda reader, _: None),
    **dict.fromkeys(("PUT", "BINPUT", "LONG_BINPUT", "MEMOIZE"), Reader.memorise),
    **dict.fromkeys(("GET", "BINGET", "LONG_BINGET"), Reader.recall),
    "MARK": Reader.mark,
    "POP": Reader.pop,
    "POP_MARK": lambda reader, _: reader.group(lambda values: None),
    "DUP": lambda reader, _: reader.one(reader.push_twice, 1),
    "TUPLE": lambda reader, _: reader.collect(tuple),
    "TUPLE1": lambda reader, _: reader.take(1),
    "TUPLE2": lambda reader, _: reader.take(2),
    "TUPLE3": lambda reader, _: reader.take(3),
    "LIST": lambda reader, _: reader.collect(list),
    "DICT": lambda reader, _: reader.collect(mapping),
    "FROZENSET": lambda reader, _: reader.collect(_set),
    "APPEND": lambda reader, _: reader.one(reader.append_all, 1),
    "APPENDS": lambda reader, _: reader.group(reader.append_all),
    "ADDITEMS": lambda reader, _: reader.group(reader.append_all),
    "SETITEM": lambda reader, _: reader.one(reader.set_items, 2),
    "SETITEMS": lambda reader, _: reader.group(reader.set_items),
    "GLOBAL": Reader.global_,
    "STACK_GLOBAL": Reader.stack_global,
    "INST": Reader.inst,
    "OBJ": Reader.obj,
    "REDUCE": Reader.reduce,
    "NEWOBJ": Reader.reduce,
    "NEWOBJ_EX": Reader.new_with_keywords,
    "BUILD": Reader.build,
    "PERSID": Reader.persistent,
    "BINPERSID": Reader.persistent_from_stack,
}
"""What each other opcode does. Those that are missing (extension codes, buffers beside the pickle) are refused."""
