"""The palette of the theme that the visitor sees."""

import streamlit as st

from explorer.outputs.palette import LIGHT, PALETTES, Palette


def current() -> Palette:
    """The table of colours for the visitor's theme; light until the browser has sent it."""
    return PALETTES.get(st.context.theme.type or LIGHT.name, LIGHT)
