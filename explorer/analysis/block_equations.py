r"""A block as equations: `y = ReLU(F(x) + x)` and what F, the gate and the steps in between are, read from its ops.

Weights are written as in He et al. 2015, section 3.2: W_1 x is a convolution with the first of the branch's weights,
W_s the projection on the shortcut. Nothing here knows which variants there are; an op without an entry in the table
goes by the name of its class. The text is LaTeX of the kind that KaTeX sets.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from explorer.analysis.cost_formulas import space
from explorer.model import Block, Node
from explorer.model.graph import BLOCK_INPUT
from explorer.model.ops import Multiply, Scale, Shape, StochasticDepth

WEIGHTED = frozenset({"Conv2d", "StandardizedConv2d", "Linear", "ChannelConv1d"})
"""Ops that are written as a weight before its argument."""
LETTERS: Mapping[str, str] = {"shortcut": "W_{s%s}", "gate": "W_{g%s}", "attention": "U_{%s}"}
"""The weights' letters by their op's role; the branch's, stem's and head's are W_1, W_2, ..."""


class Equation(NamedTuple):
    """`left = right`, and the shape of both."""

    left: str
    right: str
    shape: Shape

    @property
    def latex(self) -> str:
        r"""One row of an aligned environment: `left &= right &&\in \mathbb{R}^{...}`."""
        return rf"{self.left} &= {self.right} &&\in {space(self.shape)}"


class Term(NamedTuple):
    """A written value; `loose` where it is a sum, which a factor before it must bracket."""

    text: str
    loose: bool = False

    @property
    def tight(self) -> str:
        return f"({self.text})" if self.loose else self.text


def equations(block: Block) -> tuple[Equation, ...]:
    """The block's output first, then everything that it is made of, down to x; nothing for a block without ops."""
    return _Writer(block).equations() if block.nodes else ()


def aligned(rows: tuple[Equation, ...]) -> str:
    """All equations under one another, as one piece of mathematics."""
    body = " \\\\\n".join(row.latex for row in rows)
    return f"\\begin{{aligned}}\n{body}\n\\end{{aligned}}"


def _function(name: str, index: str = "") -> Callable[[Any, list[Term]], Term]:
    """`name(a)`; `index` is formatted with the op's fields."""

    def write(op: Any, terms: list[Term]) -> Term:
        below = f"_{{{index.format(op=op)}}}" if index else ""
        return Term(rf"\mathrm{{{name}}}{below}({', '.join(term.text for term in terms)})")

    return write


TERMS: Mapping[str, Callable[[Any, list[Term]], Term]] = {
    "Add": lambda op, terms: Term(" + ".join(term.text for term in terms), loose=True),
    "Multiply": lambda op, terms: Term(r" \odot ".join(term.tight for term in reversed(terms))),
    "Complement": lambda op, terms: Term(f"1 - {terms[0].tight}", loose=True),
    "Scale": lambda op, terms: Term(rf"{op.factor:g}\,{terms[0].tight}"),
    "MaxPool2d": lambda op, terms: _function("subsample" if op.kernel_size == 1 else "maxpool")(op, terms),
    "BatchNorm1d": _function("BN"),
    "BatchNorm2d": _function("BN"),
    "GroupNorm": _function("GN", "{op.num_groups}"),
    "LeakyReLU": _function("LeakyReLU"),
    "Sigmoid": _function("sigmoid"),
    "Dropout": _function("dropout", "{op.p:g}"),
    "StochasticDepth": _function("droppath", "{op.p:.3g}"),
    "ZeroPad2d": _function("zeropad"),
    "SamePad2d": _function("samepad"),
    "PadShortcut": _function("pad"),
    "PadBehind": _function("pad"),
    "AvgPool2d": _function("avgpool"),
    "DilatedAvgPool2d": _function("avgpool"),
    "AdaptiveAvgPool2d": lambda op, terms: _function(
        "mean", "" if op.output_size == 1 else r"{op.output_size} \times {op.output_size}"
    )(op, terms),
    "AdaptiveMaxPool2d": _function("max"),
    "Concatenate": lambda op, terms: Term(rf"[{', '.join(term.text for term in terms)}]"),
    "BlurPool2d": _function("blur"),
    "Flatten": _function("flatten"),
}
"""How an op is written around its arguments, by its class."""


def _write(node: Node, terms: list[Term]) -> Term:
    name = type(node.op).__name__
    if isinstance(node.op, Scale) and node.role == "shortcut":
        return Term(rf"\underbrace{{{node.op.factor:g}}}_{{\lambda}}\,{terms[0].tight}")
    return TERMS.get(name, _function(name))(node.op, terms)


@dataclass
class _Writer:
    """Writes one block. Values that several ops use, and the inputs of later convolutions, get letters of their own."""

    block: Block
    letters: dict[str, str] = field(default_factory=dict)
    """By the node that makes the value."""
    weights: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.nodes = {node.name: node for node in self.block.nodes}
        self.users: dict[str, list[Node]] = {}
        for node in self.block.nodes:
            for source in node.inputs:
                self.users.setdefault(source, []).append(node)
        self._name_weights()
        self.letters |= self._named()

    def equations(self) -> tuple[Equation, ...]:
        last = self.block.nodes[-1]
        branch = self._branch(self.block.merge) if self.block.merge else None
        if branch and branch not in self.letters:
            self.letters[branch] = f"F({self._argument(branch)})"
        rows = [Equation("y", self.term(last.name, spelled=True).text, last.shape)]
        # What stands nearest to the output comes first.
        named = [node for node in reversed(self.block.nodes) if node.name in self.letters and node is not last]
        rows += [Equation(self.letters[n.name], self.term(n.name, spelled=True).text, n.shape) for n in named]
        return tuple(rows)

    def term(self, name: str, *, spelled: bool = False) -> Term:
        """The value that a node makes: its letter, or what it is where it has none or should be spelled out."""
        if name in self.letters and not spelled:
            return Term(self.letters[name])
        node = self.nodes[name]
        terms = [self.term(source) for source in node.inputs]
        if name in self.weights:
            bias = f" + {self.weights[name].replace('W', 'b').replace('U', 'c')}" if getattr(node.op, "bias", 0) else ""
            return Term(rf"{self.weights[name]}\,{terms[0].tight}{bias}", loose=bool(bias))
        return _write(node, terms)

    def _branch(self, summed: Node) -> str | None:
        """The node that makes F: before it is scaled, gated or dropped; None where the branch is nothing but x."""
        name = summed.inputs[0]
        while name in self.nodes and self._weighs(self.nodes[name]):
            name = self.nodes[name].inputs[0]
        return name if name in self.nodes else None

    def _weighs(self, node: Node) -> bool:
        gated = isinstance(node.op, Multiply) and self.nodes[node.inputs[1]].role == "gate"
        return gated or isinstance(node.op, Scale | StochasticDepth)

    def _argument(self, branch: str) -> str:
        """What F is a function of: x, or x hat where a pre-activation opens both ways."""
        hat = self._shared_opening()
        return r"\hat{x}" if hat and hat != branch else "x"

    def _shared_opening(self) -> str | None:
        """The value that branch and shortcut both start from, where that is not x itself."""
        for node in self.block.nodes:
            roles = {user.role for user in self.users.get(node.name, [])}
            if node.role == "branch" and "branch" in roles and roles & {"shortcut", "merge"}:
                return node.name
        return None

    def _named(self) -> dict[str, str]:
        """Letters: x hat, the gate g(x), attention's s, what both use, or two pools, steps between convolutions."""
        letters = {BLOCK_INPUT: "x"}
        hat, behind, steps = self._shared_opening(), self._behind_weights(), 0
        for node in self.block.nodes:
            users = self.users.get(node.name, [])
            outside = {user.role for user in users} - {node.role}
            feeds_weights = node.role in {"branch", "stem"} and any(user.name in self.weights for user in users)
            if node.name == hat:
                letters[node.name] = r"\hat{x}"
            elif node.role == "gate" and type(node.op).__name__ == "Sigmoid":
                letters[node.name] = "g(x)"
            elif node.role == "attention" and "branch" in outside:
                letters[node.name] = "s"
            elif "attention" in outside or (node.role == "head" and len(users) > 1):
                letters[node.name] = "u"
            elif feeds_weights and node.name in behind:
                steps += 1
                letters[node.name] = f"z_{{{steps}}}"
        return letters

    def _behind_weights(self) -> set[str]:
        """The convolutions and the nodes after them; a letter for their value shortens an equation."""
        found: set[str] = set()
        for node in self.block.nodes:
            if node.name in self.weights or found.intersection(node.inputs):
                found.add(node.name)
        return found

    def _name_weights(self) -> None:
        """W_1, W_2, ... on the branch; a letter's only weight elsewhere goes without number."""
        weighted = [node for node in self.block.nodes if type(node.op).__name__ in WEIGHTED]
        for role in dict.fromkeys(node.role for node in weighted):
            here = [node for node in weighted if node.role == role]
            for number, node in enumerate(here, 1):
                if role in LETTERS:
                    self.weights[node.name] = LETTERS[role] % (number if len(here) > 1 or role == "attention" else "")
                else:
                    self.weights[node.name] = f"W_{{{number}}}"


def weight_letters(block: Block) -> dict[str, str]:
    """The letter of each op that has one, by its path inside the block: `{"conv1": "W_{1}"}`."""
    return dict(_Writer(block).weights)
