"""The Labs page: a row of all labs, and the chosen lab."""

import streamlit as st

from explorer.ui.labs.registry import LABS
from explorer.ui.labs.shared import controls, text
from explorer.ui.labs.shared.lab import Lab, Part
from explorer.ui.measuring.jobs import manager

LAB_KEY = "labs.lab"


def choose_lab() -> Lab:
    """The lab that the visitor chooses from a row of buttons; its name is in the URL."""
    controls.take_address()
    first = next(iter(LABS))
    name = controls.remembered(controls.LAB, first)
    if name not in LABS:
        st.warning(f"Unknown lab {name[:40]!r}; showing the first.", icon=":material/link_off:")
        name = first
    st.session_state[LAB_KEY] = name
    chosen = st.pills(
        "Labs",
        list(LABS),
        format_func=lambda name: f"{LABS[name].number} {LABS[name].title}",
        key=LAB_KEY,
        required=True,
        label_visibility="collapsed",
        on_change=lambda: controls.remember(controls.LAB, st.session_state[LAB_KEY]),
    )
    return LABS[chosen or name]


def draw_lab(lab: Lab) -> None:
    """Puts a lab on the page: its text and the chosen part."""
    manager().prepare()
    st.markdown(f"### {lab.title}")
    text.draw_section(lab.name, "intro")
    part = _choose_part(lab)
    part_controls = controls.Controls(lab.name, part.name)
    text.draw_section(lab.name, part.name)
    part.draw(part_controls)
    part_controls.write_address()


def _choose_part(lab: Lab) -> Part:
    if len(lab.parts) == 1:
        return lab.parts[0]
    titles = {part.name: part.title for part in lab.parts}
    name = f"{lab.name}.{controls.PART}"
    key = f"labs.{name}"
    st.session_state[key] = lab.part(controls.remembered(name)).name
    chosen = st.segmented_control(
        "Experiment",
        list(titles),
        format_func=titles.__getitem__,
        key=key,
        required=True,
        label_visibility="collapsed",
        on_change=lambda: controls.remember(name, st.session_state[key]),
    )
    return lab.part(chosen or "")
