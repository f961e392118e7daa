"""Blocks drawn small, side by side, with the information path marked: x, the shortcut, the sum, and what follows."""

import re
from collections.abc import Mapping

import streamlit as st

from explorer.model import Block, ModelSpec, Node, PlacedBlock, assemble
from explorer.model.graph import BLOCK_INPUT
from explorer.outputs.drawing import block_dot
from explorer.outputs.drawing.op_labels import op_words
from explorer.outputs.palette import Palette
from explorer.ui.common import theme as palette
from explorer.ui.common.graphviz import laid_out

ON_PATH = ("shortcut", "merge", "after")
"""Roles of the ops that stand between a block's input and the next one's, outside the branch."""
EDGE = re.compile(r'^  "([^"]+)" -> "([^"]+)" \[.*class="main".*\];$')
WIDTH = re.compile(r'<svg width="(\d+)pt"')
PIXELS_PER_POINT = 1.0
PADDING = 36
LEAST_WIDTH, GREATEST_WIDTH = 200, 360
MARKED_LINE_WIDTH = "2.8"


def inner_block(spec: ModelSpec) -> PlacedBlock:
    """The second block of the first stage, or the first of a stage that has only one."""
    stage = next(stage for stage in assemble(spec).stages if stage.blocks[0].path)
    return stage.blocks[min(1, len(stage.blocks) - 1)]


def changing_block(spec: ModelSpec) -> PlacedBlock:
    """The first block whose output has another shape than its input; the first of all where there is none."""
    blocks = [placed for stage in assemble(spec).stages for placed in stage.blocks if placed.path]
    return next((each for each in blocks if each.block.input_shape != each.block.output_shape), blocks[0])


def information_path(block: Block) -> tuple[Node, ...]:
    """The ops that x meets on its way past the branch to the next block."""
    return tuple(node for node in block.nodes if node.role in ON_PATH)


def altering_operations(block: Block) -> tuple[str, ...]:
    """What on the information path is no identity, in words; nothing where x goes through untouched."""
    return tuple(op_words(node.op).split("\n")[0] for node in information_path(block) if node is not block.merge)


def information_path_dot(placed: PlacedBlock, theme: Palette) -> str:
    """The block's graph with the information path in the colour of skips, and what alters x on it in that of errors."""
    nodes = {node.name: node for node in information_path(placed.block)}
    colour = theme.skip_edges["identity"]
    lines = [
        f'  "{source}" -> "{target}" [color="{colour}", penwidth="{MARKED_LINE_WIDTH}", class="information"];'
        if (edge := EDGE.match(line)) and _on_path(source := edge[1], target := edge[2], nodes)
        else line
        for line in block_dot(placed, theme).rstrip().removesuffix("}").rstrip().splitlines()
    ]
    for name, node in nodes.items():
        edge_colour = colour if node is placed.block.merge else theme.error
        lines.append(f'  "{name}" [color="{edge_colour}", penwidth="{MARKED_LINE_WIDTH}"];')
    return "\n".join([*lines, "}", ""])


def _on_path(source: str, target: str, nodes: Mapping[str, Node]) -> bool:
    return (source in nodes and (target in nodes or target == "y")) or (source == BLOCK_INPUT and target in nodes)


def draw_blocks(blocks: Mapping[str, PlacedBlock], captions: Mapping[str, str]) -> None:
    """Pictures in a row, as many as the page is wide; each under its name, with its caption."""
    theme = palette.current()
    with st.container(horizontal=True, gap="medium"):
        for name, placed in blocks.items():
            source = information_path_dot(placed, theme)
            svg = laid_out(source)
            with st.container(width=_width(svg), border=True):
                st.markdown(f"**{name}**")
                if svg is None:
                    st.graphviz_chart(source, width="stretch")
                else:
                    st.image(svg, width="stretch", alt=f"{name}: {captions[name]}")
                st.caption(captions[name])


def _width(svg: str | None) -> int:
    """Pixels for a picture and its frame, so that all are drawn to about one scale."""
    found = WIDTH.search(svg or "")
    pixels = int(found[1]) * PIXELS_PER_POINT if found else 0
    return int(min(max(pixels + PADDING, LEAST_WIDTH), GREATEST_WIDTH))
