"""Graphviz sources in our colours: the looks of nodes, edges and frames. Knows nothing of networks."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal, NamedTuple

from graphviz import Digraph, escape

from explorer.outputs.drawing.skips import Skip
from explorer.outputs.palette import OpFamily, Palette

FONT = "Helvetica,Arial,sans-serif"
MAIN_WEIGHT = 12
"""How strongly `dot` keeps the main path straight; a skip connection bends round it."""


class SkipEnds(NamedTuple):
    """Whether an edge is the first, or the last, of its skip connection; the first carries the label."""

    leaves: bool = True
    enters: bool = True
    label: str = ""
    """The skip connection's own label where this is empty."""


class DotWriter:
    """Collects one directed graph. `direction` is `TB` (downwards) or `LR` (to the right)."""

    def __init__(self, theme: Palette, direction: str, title: str) -> None:
        self.theme = theme
        self.side = "e" if direction == "TB" else "n"
        font = {"fontname": FONT, "fontsize": "12", "fontcolor": theme.text}
        layout = {"rankdir": direction, "bgcolor": theme.background, "splines": "true", "nodesep": "0.35"}
        self.graph = Digraph(
            title,
            graph_attr={**layout, "ranksep": "0.3", **font},
            node_attr={"shape": "box", "style": "filled,rounded", "color": theme.border, **font},
            edge_attr={"color": theme.main_edge, "penwidth": "1.4", "arrowsize": "0.7", **font},
        )
        self.frame = self.graph
        self.column_ends: set[str] = set()
        # Kept for the end: an edge inside a cluster would draw its far end into it.
        self.edges = Digraph()

    def text(self) -> str:
        """The whole graph in Graphviz's language."""
        whole = self.graph.copy()
        whole.body += self.edges.body
        source: str = whole.source
        return source

    def node(self, name: str, label: str, family: OpFamily | Literal["plain"], tooltip: str) -> None:
        """A box in its family's colour; `plain` has none."""
        fill = self.theme.surface if family == "plain" else self.theme.fills[family]
        self.frame.node(name, escaped(label), fillcolor=fill, tooltip=escaped(tooltip))

    def sum(self, name: str, tooltip: str) -> None:
        """A circle with a plus: the addition."""
        look = {"shape": "circle", "width": "0.32", "fixedsize": "true", "fontsize": "16"}
        look |= {"fillcolor": self.theme.fills["add"], "color": self.theme.skip_edges["identity"]}
        self.frame.node(name, "+", tooltip=escaped(tooltip), **look)

    def junction(self, name: str) -> None:
        """A dot where paths part or meet."""
        self.frame.node(name, shape="point", width="0.09", color=self.theme.main_edge)

    def end_column(self, last: str) -> None:
        """What follows the node `last` starts again at the top, in a column of its own beside what was drawn before."""
        self.column_ends.add(last)

    def _place(self, source: str) -> dict[str, str]:
        return {"constraint": "false"} if source in self.column_ends else {}

    def edge(self, source: str, target: str) -> None:
        """An arrow on the main path."""
        self.edges.edge(source, target, weight=str(MAIN_WEIGHT), **{"class": "main"}, **self._place(source))

    def skip_edge(self, source: str, target: str, skip: Skip, ends: SkipEnds, css: str = "") -> None:
        """An arrow on a skip connection; where it leaves and enters the main path it does so at the side."""
        colour = skip.colour(self.theme)
        label = escaped(ends.label or skip.label)
        look = {"color": colour, "fontcolor": colour, "style": skip.style.dot_style, "penwidth": "2.6"}
        look |= {"class": css or skip.css, "tooltip": label, "weight": "2"}
        if ends.leaves:
            look |= {"label": f" {label} ", "tailport": self.side}
        if ends.enters:
            look |= {"headport": self.side}
        look |= self._place(source)
        self.edges.edge(source, target, **look)

    @contextmanager
    def cluster(self, label: str) -> Iterator[None]:
        """A frame round the nodes that are written inside the `with`."""
        look = {"label": label, "color": self.theme.border, "style": "rounded", "labeljust": "l"}
        look |= {"fontcolor": self.theme.muted, "fontname": FONT, "fontsize": "12"}
        with self.graph.subgraph(name=f"cluster_{label}", graph_attr=look) as self.frame:
            yield
        self.frame = self.graph


def escaped(text: str) -> str:
    """`text` as a label; a line break starts a new centred line, and nothing else is special."""
    return str(escape(text)).replace("\n", "\\n")
