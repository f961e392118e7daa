"""A block with its information path marked: x, the shortcut, the sum, and what follows (He et al. 2016, section 2)."""

from explorer.model import Block, Node, PlacedBlock
from explorer.model.graph import BLOCK_INPUT
from explorer.outputs.drawing.dot import BLOCK_OUTPUT, draw_block
from explorer.outputs.drawing.dot_writer import DotWriter
from explorer.outputs.palette import Palette

ON_PATH = ("shortcut", "merge", "after")
"""Roles of the ops that stand between a block's input and the next one's, outside the branch."""
LINE_WIDTH = "2.8"


def information_path(block: Block) -> tuple[Node, ...]:
    """The ops that x meets on its way past the branch to the next block."""
    return tuple(node for node in block.nodes if node.role in ON_PATH)


def information_path_dot(placed: PlacedBlock, theme: Palette) -> str:
    """The block's graph with the information path in the colour of skips, and what alters x on it in that of errors."""
    path = information_path(placed.block)
    writer = _PathWriter(theme, "TB", placed.path)
    writer.path = {node.name for node in path}
    draw_block(writer, placed)
    for node in path:
        colour = theme.skip_edges["identity"] if node is placed.block.merge else theme.error
        writer.edges.node(node.name, color=colour, penwidth=LINE_WIDTH)
    return writer.text()


class _PathWriter(DotWriter):
    """Draws the edges of the information path in a class, a colour and a width of their own."""

    path: set[str]

    def edge(self, source: str, target: str) -> None:
        """An arrow on the main path, or on the information path."""
        if source in self.path | {BLOCK_INPUT} and target in self.path | {BLOCK_OUTPUT}:
            colour = self.theme.skip_edges["identity"]
            self.edges.edge(source, target, color=colour, penwidth=LINE_WIDTH, **{"class": "information"})
        else:
            super().edge(source, target)
