"""What generated code may name: our own layers and torch's.

Nothing here imports torch. The text of our own layers is parsed: its classes can be copied, its imports repeated.
"""

import ast
from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from typing import Any

from explorer.outputs.code.own_layers import SOURCE

TORCH_DEFAULTS: dict[str, dict[str, Any]] = {
    "AdaptiveAvgPool2d": {},
    "AdaptiveMaxPool2d": {},
    "AvgPool2d": {"stride": None, "ceil_mode": False, "count_include_pad": True},
    "BatchNorm1d": {"eps": 1e-5},
    "BatchNorm2d": {"eps": 1e-5},
    "Conv2d": {"stride": 1, "padding": 0, "dilation": 1, "groups": 1, "bias": True},
    "Dropout": {},
    "Flatten": {"start_dim": 1},
    "GELU": {},
    "GroupNorm": {"eps": 1e-5},
    "Hardswish": {},
    "LeakyReLU": {"negative_slope": 0.01},
    "Linear": {"bias": True},
    "MaxPool2d": {"stride": None, "padding": 0, "ceil_mode": False},
    "Mish": {},
    "PReLU": {},
    "ReLU": {},
    "SiLU": {},
    "Sigmoid": {},
    "StochasticDepth": {},
    "ZeroPad2d": {},
}
"""Arguments that need not be written, by class. A class that is not listed has all its arguments written by name."""

BORROWED: dict[str, str] = {"StochasticDepth": "torchvision.ops"}
"""Layers that generated code imports. The engine has its own copy, because this import costs it two seconds."""

EXPRESSIONS: dict[str, str] = {
    "AdaptiveAvgPool2d": "x: F.adaptive_avg_pool2d(x, output_size)",
    "AdaptiveMaxPool2d": "x: F.adaptive_max_pool2d(x, output_size)",
    "Flatten": "x: x.flatten(start_dim)",
    "GELU": "x: F.gelu(x)",
    "Hardswish": "x: F.hardswish(x)",
    "LeakyReLU": "x: F.leaky_relu(x, negative_slope=negative_slope)",
    "MaxPool2d": "x: F.max_pool2d(x, kernel_size, stride=stride, padding=padding, ceil_mode=ceil_mode)",
    "Mish": "x: F.mish(x)",
    "ReLU": "x: F.relu(x)",
    "SiLU": "x: F.silu(x)",
    "Sigmoid": "x: torch.sigmoid(x)",
    "Add": "branch, shortcut: branch + shortcut",
    "Multiply": "x, gate: x * gate",
    "Complement": "gate: 1 - gate",
    "Concatenate": "first, second: torch.cat((first, second), 1)",
    "Scale": "x: factor * x",
}
"""Layers without weights that read better as an expression: their inputs, and the expression over those and fields."""


@dataclass(frozen=True)
class Signature:
    """How a class is called: what is written by position, and what need not be written."""

    positional: tuple[str, ...]
    defaults: Mapping[str, Any]


@dataclass(frozen=True)
class Inline:
    """An expression that stands for a layer: over its inputs and its fields."""

    inputs: tuple[str, ...]
    expression: ast.expr
    defaults: Mapping[str, Any]
    """Named arguments of the call that need not be written."""

    def fill(self, inputs: Iterable[ast.expr], fields: Mapping[str, Any]) -> ast.expr:
        """The expression with its inputs and the values of the fields put in."""
        values = dict(zip(self.inputs, inputs, strict=True))
        constants = {name: ast.parse(repr(value), mode="eval").body for name, value in fields.items()}
        filled: ast.expr = _Filling(values | constants).visit(deepcopy(self.expression))
        if isinstance(filled, ast.Call):
            filled.keywords = [
                each for each in filled.keywords if each.arg is None or self._must_write(each.arg, fields)
            ]
        return filled

    def _must_write(self, name: str, fields: Mapping[str, Any]) -> bool:
        return name not in self.defaults or self.defaults[name] != fields.get(name)

    @property
    def is_operator(self) -> bool:
        return isinstance(self.expression, ast.BinOp | ast.UnaryOp)


class _Filling(ast.NodeTransformer):
    def __init__(self, values: Mapping[str, ast.expr]) -> None:
        self.values = values

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self.values.get(node.id, node)


class Library:
    """The parsed text of our own layers."""

    def __init__(self, text: str) -> None:
        self.text = text
        body = ast.parse(text).body
        self.classes = {item.name: item for item in body if isinstance(item, ast.ClassDef)}
        self.imports: dict[str, tuple[str, ast.alias]] = {
            alias.asname or alias.name: (item.module or "" if isinstance(item, ast.ImportFrom) else "", alias)
            for item in body
            if isinstance(item, ast.Import | ast.ImportFrom)
            for alias in item.names
        } | {name: (module, ast.alias(name)) for name, module in BORROWED.items()}

    def reference(self, name: str) -> str:
        """How a class is written where it is used."""
        return name if name in self.classes or name in self.imports else f"nn.{name}"

    def signature(self, name: str) -> Signature | None:
        """How a layer is called; None where that is not known, so that every argument is named."""
        if name in TORCH_DEFAULTS:
            return Signature((), TORCH_DEFAULTS[name])
        if name not in self.classes:
            return None
        init = _method(self.classes[name], "__init__")
        if init is None:
            base = self.classes[name].bases[0]
            return self.signature(base.attr if isinstance(base, ast.Attribute) else ast.unparse(base))
        arguments = init.args.args
        values = [ast.literal_eval(default) for default in init.args.defaults]
        named = [argument.arg for argument in arguments[len(arguments) - len(values) :]]
        return Signature((), dict(zip(named, values, strict=True)))

    def copies(self, names: set[str]) -> list[str]:
        """The text of every class among `names`, and of the classes those name, in the order of the text."""
        wanted, open_names = set[str](), names & set(self.classes)
        while open_names:
            wanted |= open_names
            named = set[str]().union(*(names_in(self.classes[name]) for name in open_names))
            open_names = (named & set(self.classes)) - wanted
        texts = (ast.get_source_segment(self.text, item) for name, item in self.classes.items() if name in wanted)
        return [text for text in texts if text]

    def import_lines(self, names: set[str]) -> list[str]:
        """The import statements for those of `names` that our own layers import, in the usual order."""
        modules: dict[str, list[ast.alias]] = {}
        for name, (module, alias) in self.imports.items():
            if name in names:
                modules.setdefault(module, []).append(alias)
        plain = [f"import {ast.unparse(alias)}" for alias in modules.pop("", [])]
        return sorted(plain) + [
            f"from {module} import {', '.join(sorted(map(ast.unparse, aliases)))}"
            for module, aliases in sorted(modules.items())
        ]


def names_in(tree: ast.AST) -> set[str]:
    """Every bare name that a piece of code uses."""
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def _method(item: ast.ClassDef, name: str) -> ast.FunctionDef | None:
    return next((part for part in item.body if isinstance(part, ast.FunctionDef) and part.name == name), None)


@cache
def inline(name: str) -> Inline | None:
    """The expression that stands for a layer, if there is one."""
    if name not in EXPRESSIONS:
        return None
    inputs, _, expression = EXPRESSIONS[name].partition(": ")
    return Inline(tuple(inputs.split(", ")), ast.parse(expression, mode="eval").body, TORCH_DEFAULTS.get(name, {}))


@cache
def library() -> Library:
    """The library, parsed once."""
    return Library(SOURCE)
