"""Writes the whole file: heading, imports, layers, blocks, the network, and `build`."""

import ast
import json
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from explorer.model import PRESETS, Graph, ModelSpec, Node, assemble
from explorer.model.graph import BLOCK_INPUT, TRANSITION
from explorer.model.spec_values import DEFAULT_VALUES
from explorer.model.variants import ATTENTIONS, BLOCKS
from explorer.outputs.code.body import initial
from explorer.outputs.code.classes import Classes, class_lines, function_names
from explorer.outputs.code.layout import Call, Clauses, Doc, constructor, wrap
from explorer.outputs.code.library import library, names_in
from explorer.outputs.code.loading import Loading, load_lines
from explorer.outputs.code.merge import merge
from explorer.outputs.code.pieces import Body, Initial, Make, Piece, fold, registration_order
from explorer.outputs.code.variation import Variation

TRANSITION_DOC = "What changes the shape before the units of a stage."
NUMBER = "n"
"""What counts the blocks where an argument grows with them."""


def generate_code(spec: ModelSpec, loading: Loading | None = None) -> str:
    """A standalone PyTorch file with exactly the network of `spec`.

    `build()` in that file gives the network; its `state_dict` has the keys, shapes and order of the module that
    `engine.lowering` builds. With `loading` there is also `load(path)` for a file that calls the tensors otherwise.
    """
    graph = assemble(spec)
    classes = _no_classes()
    title = "ResNet" if any(placed.block.merge for _, placed in graph.placed_blocks()) else "PlainNet"
    lines, initial_values = _network_lines(graph, classes, title)
    parts = ["\n".join(each.lines) for each in classes.definitions.values()]
    parts += ["\n".join(lines), "\n".join(_build_lines(graph, classes, title, initial_values))]
    parts += ["\n".join(load_lines(title, loading))] if loading is not None else []
    names = set[str]().union(*(names_in(ast.parse(part)) for part in parts))
    copies = library().copies(names)
    names = names.union(*(names_in(ast.parse(copy)) for copy in copies))
    imports = "\n".join(library().import_lines(names))
    return "\n\n\n".join([f"{_heading(spec, graph)}\n\n{imports}", *copies, *parts]) + "\n"


def function_paths(spec: ModelSpec) -> frozenset[str]:
    """The layers, by their paths, that the code of `generate_code` writes as expressions instead of as modules."""
    graph, classes = assemble(spec), _no_classes()
    makes = _unit_makes(graph, classes)
    rows, _, variation = _network(graph, classes, _stage_calls(graph, makes, classes))
    units = (placed for _, placed in graph.placed_blocks() if placed.path)
    inner = {f"{placed.path}.{name}" for placed, make in zip(units, makes, strict=True) for name in make.functions}
    return function_names(rows, variation) | inner


def _no_classes() -> Classes:
    return Classes({name: f"{kind.label[0].upper()}{kind.label[1:]}." for name, kind in ATTENTIONS.items()})


def _network_lines(graph: Graph, classes: Classes, title: str) -> tuple[list[str], Initial]:
    """The class of the whole network, and its parameters that start at a constant; defines the blocks' classes."""
    stages = _stage_calls(graph, _unit_makes(graph, classes), classes)
    _, registration, variation = _network(graph, classes, stages)
    return class_lines(title, "", (), variation, registration), initial(variation)


def _network(graph: Graph, classes: Classes, stages: dict[str, Call]) -> tuple[list[Piece], list[str], Variation]:
    """The pieces of the whole network, its attributes in the order of registration, and how its class is written."""
    rows: list[Piece] = []
    registration: list[str] = []
    entry, shape = BLOCK_INPUT, graph.input_shape
    for stage in graph.stages:
        if stage.name in stages:
            make, call = {0: Make(stage.name, {})}, stages[stage.name]
            rows.append(Piece(stage.name, make, False, (entry,), "stem", stage.output_shape, ready=call))
            registration.append(stage.name)
            entry = stage.name
        else:
            nodes = [_entered(node, entry) for node in stage.blocks[0].block.nodes]
            rows += fold([Body(tuple(nodes), {entry: shape})], classes.compose)[0]
            registration += registration_order(nodes)
            entry = rows[-1].name
        shape = stage.output_shape
    return rows, registration, Variation(merge([rows]), [graph.input_shape], [shape], classes.definitions)


def _entered(node: Node, entry: str) -> Node:
    """A top-level node, with `entry` in the place of its stage's input."""
    return node._replace(inputs=tuple(entry if source == BLOCK_INPUT else source for source in node.inputs))


def _unit_makes(graph: Graph, classes: Classes) -> list[Make]:
    """How each residual unit, or transition, is made, in running order; defines their classes."""
    blocks = [placed.block for _, placed in graph.placed_blocks() if placed.path]
    distinct = list({id(block): block for block in blocks}.values())
    makes: dict[int, Make] = {}
    for kind in sorted({block.kind for block in distinct}, key=lambda kind: kind != TRANSITION):
        title = "Transition" if kind == TRANSITION else "Block"
        alike = [block for block in distinct if block.kind == kind]
        unit = "residual unit" if any(block.merge for block in alike) else "unit without shortcut"
        doc = TRANSITION_DOC if kind == TRANSITION else f"One {unit}, {BLOCKS[kind].label}."
        made = classes.define(title, doc, [Body(block.nodes, {BLOCK_INPUT: block.input_shape}) for block in alike])
        makes |= {id(block): make for block, make in zip(alike, made, strict=True)}
    return [makes[id(block)] for block in blocks]


def _stage_calls(graph: Graph, row: list[Make], classes: Classes) -> dict[str, Call]:
    """`nn.Sequential(...)` of every stage of residual units, equal blocks folded."""
    names = [stage.name for stage, placed in graph.placed_blocks() if placed.path]
    growing = _growing(row)
    numbered = [(name, number, make) for number, (name, make) in enumerate(zip(names, row, strict=True), 1)]
    calls = {}
    for name, members in groupby(numbered, key=lambda each: each[0]):
        stage = [(number, make) for _, number, make in members]
        calls[name] = Call("nn.Sequential(", tuple(_folded(stage, growing, classes)))
    return calls


def _growing(row: list[Make]) -> dict[str, str]:
    """Arguments that grow linearly with the block's number, and their expression over that number."""
    found = {}
    count = len(row)
    for name, last in row[-1].fields.items():
        values = [make.fields.get(name) for make in row]
        if not isinstance(last, float) or len(set(values)) == 1:
            continue
        for most in (last, round(last, 12)):  # the last value may carry the rounding of its own division
            if values == [most * number / count for number in range(1, count + 1)]:
                found[name] = f"{most!r} * {{}} / {count}"
    return found


def _folded(stage: list[tuple[int, Make]], growing: dict[str, str], classes: Classes) -> Iterator[Doc]:
    """The blocks of one stage; equal ones in a row become a comprehension."""

    def key(member: tuple[int, Make]) -> tuple[str, list[Any]]:
        make = member[1]
        return make.type, [value for name, value in make.fields.items() if name not in growing]

    for _, group in groupby(stage, key=key):
        run = list(group)
        first, make = run[0]
        fold_run = len(run) > 1 and len(stage) > 2
        numbers = [NUMBER] if fold_run else [str(number) for number, _ in run]
        grows = {name: text for name, text in growing.items() if name in make.fields}
        signature = classes.definitions[make.type].signature
        for number in numbers:
            written = {name: text.format(number) for name, text in grows.items()}
            call = constructor(make.type, make.fields, written, signature)
            if not fold_run:
                yield call
                continue
            counted = f"{NUMBER} in range({first}, {first + len(run)})" if grows else f"_ in range({len(run)})"
            yield Call("*[", (Clauses(call, (f"for {counted}",)),), "]", sole=True)


def _build_lines(graph: Graph, classes: Classes, title: str, initial: Initial) -> list[str]:
    """`build()`: the network with fresh weights."""
    biased = any(getattr(node.op, "bias", False) for _, node in graph.nodes() if "Conv2d" in type(node.op).__name__)
    lines = [
        f"def build() -> {title}:",
        '    """The network with fresh weights: He\'s normal rule (fan-out) for convolutions."""',
        f"    network = {title}()",
        "    for module in network.modules():",
        "        if isinstance(module, nn.Conv2d):",
        '            nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")',
    ]
    if biased:
        lines += ["            if module.bias is not None:", "                nn.init.zeros_(module.bias)"]
    special = [each for each in classes.definitions.values() if each.initial]
    if special:
        lines.append("    for module in network.modules():")
    for definition in special:
        lines.append(f"        if isinstance(module, {definition.name}):")
        lines += [f"            {_filled(f'module.{path}', value)}" for path, value in definition.initial]
    lines += [f"    {_filled(f'network.{path}', value)}" for path, value in initial]
    return [*lines, "    return network"]


def _filled(parameter: str, value: float) -> str:
    named = {0.0: "zeros_", 1.0: "ones_"}
    return f"nn.init.{named[value]}({parameter})" if value in named else f"nn.init.constant_({parameter}, {value!r})"


def _heading(spec: ModelSpec, graph: Graph) -> str:
    """What the file holds: name, counts, specification."""
    values, cost = spec.to_dict(), graph.cost
    known = next((each for each in PRESETS.values() if values == _values(each.fields)), None)
    title = f"{known.title} ({known.source})" if known else "A network of the residual family"
    written = {"preset": known.name} if known else spec.changes()
    channels, height, width = graph.input_shape
    outputs = graph.output_shape[0]
    paragraphs = [
        f"{title}.",
        f"Parameters {cost.params:,}; MACs {cost.macs:,}; FLOPs = 2 x MACs {2 * cost.macs:,}.",
        f"Input (batch, {channels}, {height}, {width}), output (batch, {outputs}). Written by Residual Explorer.",
        f"Specification: {json.dumps(written)}",
    ]
    first, *rest = [wrap(paragraph, 3) for paragraph in paragraphs]
    return "\n".join(['"""' + "\n".join(first), "", *(line for lines in rest for line in lines), '"""'])


def _values(fields: dict[str, Any]) -> dict[str, Any]:
    """A preset's fields as JSON values, with the defaults of the rest."""
    return DEFAULT_VALUES | {name: list(value) if isinstance(value, tuple) else value for name, value in fields.items()}
