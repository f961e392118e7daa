"""Python's garbage collector in a server whose runs are short."""

import gc

import streamlit as st

YOUNG_OBJECTS = 50_000
"""New objects after which the youngest are looked through: Python's 700 come together three times in a move."""
BATCHES = 10
"""Collections of a generation after which the next older one is looked through too, as Python has it."""


@st.cache_resource(show_spinner=False)
def spare_loaded_modules() -> None:
    """Has the collector look through what visitors leave only, and less often; once for each server.

    To be called behind the first page, when what stays for the server's life is loaded: modules, tables, known
    networks. A full collection looks through all of it, some 180,000 objects, and stops every visitor meanwhile.
    """
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS, BATCHES, BATCHES)
