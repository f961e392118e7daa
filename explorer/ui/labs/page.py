"""The Labs page: a row of all labs, and the chosen lab."""

import streamlit as st

from explorer.ui.common.address_bar import current_query, decides, write_query
from explorer.ui.common.widget_values import if_moved, show_value
from explorer.ui.labs.registry import LAB, LABS, PART, part_address
from explorer.ui.labs.shared import controls, text
from explorer.ui.labs.shared.lab import Lab, Part
from explorer.ui.measuring.jobs import manager

LAB_KEY = "labs.lab"


def choose_lab() -> Lab:
    """The lab that the visitor chooses from a row of buttons; its name is in the URL."""
    _take_address()
    name = controls.remembered(LAB, next(iter(LABS)))
    show_value(LAB_KEY, name)
    chosen = st.pills(
        "Labs",
        list(LABS),
        format_func=lambda name: f"{LABS[name].number} {LABS[name].title}",
        key=LAB_KEY,
        required=True,
        label_visibility="collapsed",
        on_change=if_moved(LAB_KEY, lambda: controls.remember(LAB, st.session_state[LAB_KEY])),
    )
    return LABS[chosen or name]


def draw_lab(lab: Lab) -> None:
    """Puts a lab on the page: its text and the chosen part."""
    manager().prepare()
    st.markdown(f"### {lab.title}")
    text.draw_section(lab.name, "intro")
    part = _choose_part(lab)
    part_controls = controls.Controls(lab.name, part.fields)
    text.draw_section(lab.name, part.name)
    part.draw(part_controls)
    shared = {name: controls.remembered(name) for name in controls.SHARED}
    query = part_address(lab, part).write(shared | part_controls.drawn, part_controls.defaults)
    write_query({LAB: lab.name, PART: part.name, **query})


def _take_address() -> None:
    """Gives the lab of the address, and its controls, the values of the address, where the address decides."""
    query = current_query()
    if LAB not in query or not decides(query):
        return
    lab = LABS.get(query[LAB][-1]) or next(iter(LABS.values()))
    part = lab.part(query.get(PART, [""])[-1])
    read = part_address(lab, part).read(query)
    controls.remember(LAB, lab.name)
    controls.replace_values(lab.name, {**read.values, PART: part.name})
    for warning in read.warnings:
        st.warning(warning, icon=":material/link_off:")


def _choose_part(lab: Lab) -> Part:
    if len(lab.parts) == 1:
        return lab.parts[0]
    titles = {part.name: part.title for part in lab.parts}
    name = f"{lab.name}.{PART}"
    key = f"labs.{name}"
    show_value(key, lab.part(controls.remembered(name)).name)
    chosen = st.segmented_control(
        "Experiment",
        list(titles),
        format_func=titles.__getitem__,
        key=key,
        required=True,
        label_visibility="collapsed",
        on_change=if_moved(key, lambda: controls.remember(name, st.session_state[key])),
    )
    return lab.part(chosen or "")
