"""A known network looked up by a count of it."""

import streamlit as st

from explorer.language import _, told
from explorer.model import PRESETS, SpecError
from explorer.outputs.formatting import capitalised, whole
from explorer.ui.build import state
from explorer.ui.build.draft import Draft
from explorer.ui.common.remembered_widgets import left, pressed, put, recalled

MOST = 8
"""Networks that are listed."""
COUNT = "count"
"""Key of the box for the count."""


def finder() -> None:
    """A box for a count; under it the known networks that have it, or the nearest, each a button that loads it."""
    st.text_input(
        _("Find a known network by a count"),
        left(COUNT, ""),
        placeholder=_("Find by a count: 25,557,032 or 25.6M"),
        label_visibility="collapsed",
        **recalled(
            COUNT, "", help=_("Parameters (with or without buffers), MACs, tensors, or the bytes of its weights.")
        ),
    )
    # Without an answer its place stays: a browser that finds the groups at another place builds them anew. No
    # `st.empty` holds it: an element and a container in turn at one place have made the front end fail.
    with st.container():
        if text := left(COUNT, "").strip():
            _answer(text)


def _answer(text: str) -> None:
    # Imported when first needed: it counts every known network.
    from explorer.analysis.lookup import QUANTITIES, find_by_count, read_count

    try:
        count = read_count(text)
    except SpecError as error:
        st.error(capitalised(error.message), icon=":material/error:")
        return
    found = find_by_count(count)
    line = _("Known networks with {count}:") if found.exact else _("None has {count}. The nearest:")
    st.caption(line.format(count=whole(count.number)))
    for match in found.matches[:MOST]:
        st.button(
            f"{told(PRESETS[match.name].told_title)}: {whole(match.value)} {_(QUANTITIES[match.quantity].label)}",
            key=f"found.{match.name}",
            type="tertiary",
            **pressed(_load, match.name, sets=("preset",)),
        )
    if len(found.matches) > MOST:
        st.caption(_("And {count} more; a longer number says which.").format(count=len(found.matches) - MOST))


def _load(name: str) -> None:
    put(COUNT, "")
    state.replace_draft(Draft.of_known(name))
