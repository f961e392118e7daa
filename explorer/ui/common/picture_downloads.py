"""Pictures as files: a menu of file formats, each made when it is clicked."""

import shutil
from collections.abc import Callable, Sequence
from functools import partial

import streamlit as st

from explorer.language import N_, _
from explorer.outputs.drawing.picture_files import FORMATS, converts_svg, render, render_svg
from explorer.ui.common.downloads import download_button

LIGHT_THEME = N_("In the colours of the light theme.")
NO_CAIRO = N_("PNG and PDF need CairoSVG and the Cairo library on the server.")


def drawing_menu(svg: Callable[[], str], name: str, *, key: str) -> None:
    """Draws the menu of a drawing's formats; `svg` makes the drawing."""

    def offer() -> tuple[Sequence[str], str]:
        return (("svg", "png", "pdf"), LIGHT_THEME) if converts_svg() else (("svg",), NO_CAIRO)

    _menu(N_("Picture"), name, offer, lambda file_format: render_svg(svg(), file_format), key)


def graph_menu(source: Callable[[], str], name: str, *, key: str) -> None:
    """Draws the menu of a graph's formats; `source` makes its DOT text."""

    def offer() -> tuple[Sequence[str], str]:
        missing = N_("SVG, PNG and PDF need Graphviz's `dot` program on the server.")
        return (FORMATS, LIGHT_THEME) if shutil.which("dot") else (("dot",), missing)

    _menu(N_("Graph"), name, offer, lambda file_format: render(source(), file_format), key)


def _menu(
    label: str, name: str, offer: Callable[[], tuple[Sequence[str], str]], make: Callable[[str], bytes], key: str
) -> None:
    """A button that opens the list of formats. `offer` gives formats and a note; it is called once the list is open."""
    opened = st.popover(_(label), icon=":material/download:", key=f"{key}.files", on_change="rerun")
    if not opened.open:
        return
    formats, note = offer()
    with opened:
        for each in formats:
            download_button(each.upper(), partial(make, each), f"{name}.{each}", f"{key}.{each}", width="stretch")
        st.caption(_(note))
