"""The Labs page: a row of all labs, and the chosen lab."""

import streamlit as st

from explorer.language import _
from explorer.ui.common.address_bar import current_query, decides, show_warnings, write_query
from explorer.ui.common.glossary import draw_definitions
from explorer.ui.common.remembered_widgets import bound
from explorer.ui.common.session import has_arrived
from explorer.ui.labs.registry import LAB, LABS, PART, part_address
from explorer.ui.labs.shared import predict, text
from explorer.ui.labs.shared.lab import SHARED, Controls, Lab, Part, remember, remembered, replace_values
from explorer.ui.measuring.jobs import manager

LAB_KEY, WARNINGS = "labs.lab", "labs.warnings"
FIRST = next(iter(LABS))


def choose_lab() -> Lab:
    """The lab that the visitor chooses from a row of buttons; its name is in the URL."""
    _take_address()
    name = remembered(LAB, FIRST)
    chosen = st.pills(
        _("Labs"),
        list(LABS),
        default=name,
        format_func=lambda name: f"{LABS[name].number} {_(LABS[name].title)}",
        required=True,
        label_visibility="collapsed",
        **bound(LAB_KEY, name, _remember, LAB, LAB_KEY, sets=(LAB,)),
    )
    return LABS[chosen or name]


def _remember(name: str, key: str) -> None:
    remember(name, st.session_state[key])


def draw_lab(lab: Lab) -> None:
    """Puts a lab on the page: its text and the chosen part."""
    manager().prepare()
    draw_definitions()
    warnings, warned = st.session_state.get(WARNINGS, ([], lab.name))
    show_warnings(warnings if warned == lab.name else [])
    st.markdown(f"### {_(lab.title)}")
    text.draw_section(lab.name, "intro")
    part = _choose_part(lab)
    predict.set_place(_("Lab {number}, {lab}: {part}").format(number=lab.number, lab=_(lab.title), part=_(part.title)))
    part_controls = Controls(lab.name, part.fields)
    text.draw_section(lab.name, part.name)
    part.draw(part_controls)
    shared = {name: remembered(name) for name in SHARED}
    query = part_address(lab, part).write(shared | part_controls.drawn, part_controls.defaults)
    write_query({LAB: lab.name, PART: part.name, **query})


def _take_address() -> None:
    """Gives the lab of the address, and its controls, the values of the address, where the address decides."""
    query = current_query()
    if has_arrived():
        st.session_state.pop(WARNINGS, None)
    if not query or not decides(query):
        return
    lab = LABS.get(query.get(LAB, [remembered(LAB, FIRST)])[-1], LABS[FIRST])
    part = lab.part(query.get(PART, [""])[-1])
    read = part_address(lab, part).read(query)
    remember(LAB, lab.name)
    replace_values(lab.name, {**read.values, PART: part.name})
    st.session_state[WARNINGS] = (read.warnings, lab.name)


def _choose_part(lab: Lab) -> Part:
    if len(lab.parts) == 1:
        return lab.parts[0]
    titles = {part.name: part.title for part in lab.parts}
    name = f"{lab.name}.{PART}"
    key, shown = f"labs.{name}", lab.part(remembered(name)).name
    chosen = st.segmented_control(
        _("Experiment"),
        list(titles),
        default=shown,
        format_func=lambda name: _(titles[name]),
        required=True,
        label_visibility="collapsed",
        **bound(key, shown, _remember, name, key, sets=(PART,)),
    )
    return lab.part(chosen or "")
