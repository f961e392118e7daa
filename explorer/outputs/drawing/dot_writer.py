"""Writes Graphviz's language: quoting, colours and the looks of nodes and edges. Knows nothing of networks."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal, NamedTuple

from explorer.outputs.drawing.skips import Skip
from explorer.outputs.palette import OpFamily, Palette

FONT = "Helvetica,Arial,sans-serif"
MAIN_WEIGHT = 12
"""How strongly `dot` keeps the main way straight; a skip connection bends round it."""


class SkipEnds(NamedTuple):
    """Whether an edge is the first, or the last, of its skip connection; the first carries the label."""

    leaves: bool = True
    enters: bool = True
    label: str = ""
    """The skip connection's own label where this is empty."""


def quoted(text: str) -> str:
    """`text` as a DOT string; a line break starts a new centred line."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def attributes(values: dict[str, str]) -> str:
    """An attribute list; empty values are left out."""
    inside = ", ".join(f"{key}={quoted(value)}" for key, value in values.items() if value)
    return f" [{inside}]" if inside else ""


class DotWriter:
    """Collects the lines of one directed graph. `direction` is `TB` (downwards) or `LR` (to the right)."""

    def __init__(self, theme: Palette, direction: str, title: str) -> None:
        self.theme = theme
        self.side = "e" if direction == "TB" else "n"
        self.indent = "  "
        # Kept for the end: an edge written inside a cluster would draw its far end into it.
        self.edges: list[str] = []
        look = {"fontname": FONT, "fontsize": "12", "fontcolor": theme.text}
        self.lines = [
            f"digraph {quoted(title)} {{",
            f"  graph{attributes(self._graph(direction) | look)};",
            f"  node{attributes({'shape': 'box', 'style': 'filled,rounded', 'color': theme.border} | look)};",
            f"  edge{attributes({'color': theme.main_edge, 'penwidth': '1.4', 'arrowsize': '0.7'} | look)};",
        ]

    def _graph(self, direction: str) -> dict[str, str]:
        gaps = {"nodesep": "0.35", "ranksep": "0.3"}
        return {"rankdir": direction, "bgcolor": self.theme.background, "splines": "true", **gaps}

    def text(self) -> str:
        """The whole file."""
        return "\n".join([*self.lines, *self.edges, "}", ""])

    def node(self, name: str, label: str, family: OpFamily | Literal["plain"], tooltip: str) -> None:
        """A box in its family's colour; `plain` has none."""
        fill = self.theme.surface if family == "plain" else self.theme.fills[family]
        self._line(f"{quoted(name)}{attributes({'label': label, 'fillcolor': fill, 'tooltip': tooltip})};")

    def sum(self, name: str, tooltip: str) -> None:
        """A circle with a plus: the addition."""
        look = {"label": "+", "shape": "circle", "width": "0.32", "fixedsize": "true", "fontsize": "16"}
        look |= {"fillcolor": self.theme.fills["add"], "color": self.theme.skip_edges["identity"]}
        self._line(f"{quoted(name)}{attributes(look | {'tooltip': tooltip})};")

    def junction(self, name: str) -> None:
        """A dot where ways part or meet."""
        look = {"shape": "point", "width": "0.09", "color": self.theme.main_edge}
        self._line(f"{quoted(name)}{attributes(look)};")

    def edge(self, source: str, target: str) -> None:
        """An arrow on the main way."""
        self._edge(source, target, {"weight": str(MAIN_WEIGHT), "class": "main"})

    def skip_edge(self, source: str, target: str, skip: Skip, ends: SkipEnds, css: str = "") -> None:
        """An arrow on a skip connection; where it leaves and enters the main way it does so at the side."""
        colour = skip.colour(self.theme)
        look = {"color": colour, "fontcolor": colour, "style": skip.style.dot_style, "penwidth": "2.6"}
        look |= {"class": css or skip.css, "tooltip": ends.label or skip.label, "weight": "2"}
        if ends.leaves:
            look |= {"label": f" {ends.label or skip.label} ", "tailport": self.side}
        if ends.enters:
            look |= {"headport": self.side}
        self._edge(source, target, look)

    @contextmanager
    def cluster(self, label: str) -> Iterator[None]:
        """A frame round the nodes that are written inside the `with`."""
        look = {"label": label, "color": self.theme.border, "style": "rounded", "labeljust": "l"}
        look |= {"fontcolor": self.theme.muted, "fontname": FONT, "fontsize": "11"}
        self._line(f"subgraph {quoted(f'cluster_{label}')} {{")
        self.indent += "  "
        self._line(f"graph{attributes(look)};")
        yield
        self.indent = self.indent[:-2]
        self._line("}")

    def _edge(self, source: str, target: str, look: dict[str, str]) -> None:
        self.edges.append(f"  {quoted(source)} -> {quoted(target)}{attributes(look)};")

    def _line(self, text: str) -> None:
        self.lines.append(self.indent + text)
