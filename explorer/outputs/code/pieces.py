"""Groups a block's nodes into what a person would make an attribute: a layer, a sequence, or a module of its own."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import pairwise
from typing import Any, NamedTuple

from explorer.model import Node
from explorer.model.graph import Role
from explorer.model.ops import Shape
from explorer.outputs.code.layout import Call

ARGUMENTS = ("x", "y", "z", "u", "v", "w")
"""What the inputs of a module of its own are called."""


Initial = tuple[tuple[str, float], ...]
"""Parameters that start at a constant, by path."""


@dataclass(frozen=True)
class Make:
    """One constructor call: a class and its arguments by name."""

    type: str
    fields: Mapping[str, Any]
    functions: frozenset[str] = frozenset()
    """The layers inside, by their paths, that the class writes as expressions instead of as modules."""


@dataclass(frozen=True)
class Piece:
    """One attribute of a module: what makes it, and what it is called on."""

    name: str
    parts: Mapping[int, Make]
    """One part, number 0, or the numbered parts of an `nn.Sequential`."""
    chained: bool
    inputs: tuple[str, ...]
    role: Role
    shape: Shape
    """Of the output."""
    init: Initial = ()
    """Parameters that start at a constant, by path below the attribute."""
    ready: Call | None = None
    """What makes the attribute, where that is written already."""


class Body(NamedTuple):
    """The nodes of one module, and the shapes of its inputs by the name its nodes use."""

    nodes: tuple[Node, ...]
    inputs: Mapping[str, Shape]


Compose = Callable[[str, list[Body]], list[Make]]
"""Turns the same-named modules of several bodies into classes, and says how each is made."""


def fold(bodies: Sequence[Body], compose: Compose) -> list[list[Piece]]:
    """The pieces of every body, in the order in which they can be run.

    Raises ValueError for a container whose inner values are used outside, which no attribute can stand for.
    """
    grouped = [_groups(body) for body in bodies]
    composites: dict[str, list[tuple[int, Body]]] = {}
    for number, (body, groups) in enumerate(zip(bodies, grouped, strict=True)):
        for name, nodes in groups.items():
            if not _is_layer(name, nodes) and not _is_chain(nodes):
                composites.setdefault(name, []).append((number, _inner(name, nodes, body)))
    made: dict[tuple[int, str], Make] = {}
    for name, found in composites.items():
        makes = compose(name, [inner for _, inner in found])
        made |= {(number, name): make for (number, _), make in zip(found, makes, strict=True)}
    return [
        [_piece(name, nodes, made.get((number, name))) for name, nodes in groups.items()]
        for number, groups in enumerate(grouped)
    ]


def registration_order(nodes: Sequence[Node]) -> list[str]:
    """The attributes' names in the order in which their parameters stand in a `state_dict`."""
    return list(dict.fromkeys(node.name.split(".")[0] for node in nodes))


def _groups(body: Body) -> dict[str, list[Node]]:
    """Nodes by attribute, in the order of each attribute's last node: then all it reads is there."""
    groups: dict[str, list[Node]] = {}
    for node in body.nodes:
        name = node.name.split(".")[0]
        groups[name] = [*groups.pop(name, []), node]
    for name, nodes in groups.items():
        inner = {node.name for node in nodes[:-1]}
        outside = (node for node in body.nodes if node not in nodes)
        if any(inner & set(node.inputs) for node in outside):
            raise ValueError(f"values inside {name} are used outside it")
    return groups


def _is_layer(name: str, nodes: list[Node]) -> bool:
    return nodes[0].name == name


def _is_chain(nodes: list[Node]) -> bool:
    """Whether the nodes are numbered parts, each reading the one before."""
    numbers = [node.name.split(".", 1)[1] for node in nodes]
    if not all(number.isdecimal() for number in numbers):
        return False
    rising = sorted(map(int, numbers)) == list(map(int, numbers))
    return (
        rising and len(nodes[0].inputs) == 1 and all(node.inputs == (before.name,) for before, node in pairwise(nodes))
    )


def _outer_inputs(nodes: list[Node]) -> tuple[str, ...]:
    inner = {node.name for node in nodes}
    return tuple(dict.fromkeys(source for node in nodes for source in node.inputs if source not in inner))


def _inner(name: str, nodes: list[Node], body: Body) -> Body:
    """The nodes of a container as a body of their own."""
    shapes = {node.name: node.shape for node in body.nodes} | dict(body.inputs)
    arguments = dict(zip(_outer_inputs(nodes), ARGUMENTS, strict=False))
    renamed = {node.name: node.name.removeprefix(f"{name}.") for node in nodes} | arguments
    inner = tuple(
        node._replace(name=renamed[node.name], inputs=tuple(renamed[source] for source in node.inputs))
        for node in nodes
    )
    return Body(inner, {argument: shapes[source] for source, argument in arguments.items()})


def _piece(name: str, nodes: list[Node], made: Make | None) -> Piece:
    last = nodes[-1]
    inputs, chained = _outer_inputs(nodes), False
    init: Initial = ()
    if made is not None:
        parts = {0: made}  # a class of its own sees to its own initial values
    elif _is_layer(name, nodes):
        parts, init, inputs = {0: _make(last)}, last.init, last.inputs
    else:
        chained = True
        parts = {int(node.name.split(".")[1]): _make(node) for node in nodes}
        init = tuple((f"{node.name.split('.')[1]}.{path}", value) for node in nodes for path, value in node.init)
    attributes = tuple(source.split(".")[0] for source in inputs)
    return Piece(name, parts, chained, attributes, last.role, last.shape, init)


def _make(node: Node) -> Make:
    return Make(type(node.op).__name__, {item.name: getattr(node.op, item.name) for item in fields(node.op)})
