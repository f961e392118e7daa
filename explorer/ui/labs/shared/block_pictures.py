"""Small pictures of blocks, side by side, with the information path marked."""

import re
from collections.abc import Mapping

import streamlit as st

from explorer.language import _
from explorer.model import Block, ModelSpec, PlacedBlock, assemble
from explorer.outputs.drawing.information_path import information_path, information_path_dot
from explorer.outputs.drawing.op_labels import op_label
from explorer.ui.common import theme as palette
from explorer.ui.common.graphviz import laid_out

WIDTH = re.compile(r'<svg width="(\d+)pt"')
PIXELS_PER_POINT = 1.0
PADDING = 36
LEAST_WIDTH, GREATEST_WIDTH = 200, 520


def inner_block(spec: ModelSpec) -> PlacedBlock:
    """The second block of the first stage; the first one if the stage has only one."""
    stage = next(stage for stage in assemble(spec).stages if stage.blocks[0].path)
    return stage.blocks[min(1, len(stage.blocks) - 1)]


def changing_block(spec: ModelSpec) -> PlacedBlock:
    """The first block whose output shape differs from its input shape; the first block if there is none."""
    blocks = [placed for stage in assemble(spec).stages for placed in stage.blocks if placed.path]
    return next((each for each in blocks if each.block.input_shape != each.block.output_shape), blocks[0])


def altering_operations(block: Block) -> tuple[str, ...]:
    """Names of the operations on the information path that change x; empty if x passes unchanged."""
    return tuple(op_label(node.op).split("\n")[0] for node in information_path(block) if node is not block.merge)


def draw_blocks(blocks: Mapping[str, PlacedBlock], captions: Mapping[str, str]) -> None:
    """The pictures of blocks in a row that wraps, each with its name above and its caption below."""
    theme = palette.current()
    with st.container(horizontal=True, gap="medium"):
        for name, placed in blocks.items():
            source = information_path_dot(placed, theme)
            svg = laid_out(source)
            with st.container(width=_width(svg), border=True):
                st.markdown(f"**{_(name)}**")
                if svg is None:
                    st.graphviz_chart(source, width="stretch")
                else:
                    st.image(svg, width="stretch", alt=f"{_(name)}: {captions[name]}")
                st.caption(captions[name])


def _width(svg: str | None) -> int:
    """The width of a picture with its frame in pixels, so that all pictures have about one scale."""
    match = WIDTH.search(svg or "")
    pixels = int(match[1]) * PIXELS_PER_POINT if match else 0
    return int(min(max(pixels + PADDING, LEAST_WIDTH), GREATEST_WIDTH))
