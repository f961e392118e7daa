"""Pictures to take away: a menu of file formats, each made when it is asked for."""

import shutil
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import streamlit as st

from explorer.outputs.drawing.picture_files import FORMATS, converts_svg, render, render_svg

MIME = {"dot": "text/vnd.graphviz", "svg": "image/svg+xml", "png": "image/png", "pdf": "application/pdf"}
PAPER = "On a light ground, as paper has it."


class Offer(NamedTuple):
    """What can be had of a picture."""

    formats: tuple[str, ...]
    make: Callable[[str], bytes]
    """The file's content, by format."""
    note: str = PAPER


def drawing_menu(svg: Callable[[], str], name: str, *, key: str) -> None:
    """The formats of a drawing of ours, whose SVG `svg` makes."""

    def offer() -> Offer:
        def make(file_format: str) -> bytes:
            return render_svg(svg(), file_format)

        if converts_svg():
            return Offer(("svg", "png", "pdf"), make)
        return Offer(("svg",), make, "PNG and PDF need CairoSVG and the Cairo library on the server.")

    _menu("Picture", name, offer, key)


def graph_menu(source: Callable[[], str], name: str, *, key: str) -> None:
    """The formats of a Graphviz graph, whose DOT text `source` makes."""

    def offer() -> Offer:
        def make(file_format: str) -> bytes:
            return render(source(), file_format)

        if shutil.which("dot"):
            return Offer(FORMATS, make)
        return Offer(("dot",), make, "SVG, PNG and PDF need Graphviz's `dot` program on the server.")

    _menu("Graph", name, offer, key)


def _menu(label: str, name: str, offer: Callable[[], Offer], key: str) -> None:
    """A button that opens the list of formats; nothing is looked for before it is open, nor made before a click."""
    opened = st.popover(label, icon=":material/download:", key=f"{key}.files", on_change="rerun")
    if not opened.open:
        return
    formats, make, note = offer()
    with opened:
        for each in formats:
            st.download_button(
                each.upper(),
                partial(make, each),
                f"{name}.{each}",
                MIME[each],
                key=f"{key}.{each}",
                on_click="ignore",
                width="stretch",
            )
        st.caption(note)
