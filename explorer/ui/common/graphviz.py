"""Graphs laid out on the server by the `dot` program."""

import shutil
from functools import lru_cache

import streamlit as st

from explorer.language import _
from explorer.outputs.drawing.picture_files import render
from explorer.ui.common import components

READABLE, LARGEST = 1.0, 1.1
"""Scales of a graph at first: its text, of 12 pixels, is not made smaller, and a small graph not much larger."""


def draw_graph(source: str, description: str, *, key: str, height: int) -> None:
    """Draws the DOT text, at most `height` pixels high, or in the browser where `dot` is not installed."""
    svg = laid_out(source)
    if svg is None:
        st.graphviz_chart(source, width="stretch")
        st.caption(_("Drawn in the browser, without zoom and SVG: Graphviz's `dot` is not installed on the server."))
    else:
        components.drawing(svg, description, key=key, height=height, smallest=READABLE, largest=LARGEST)


@lru_cache(maxsize=64)
def laid_out(source: str) -> str | None:
    """The DOT text as SVG; None where `dot` is not installed."""
    return render(source, "svg").decode() if shutil.which("dot") else None
