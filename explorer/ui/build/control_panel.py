"""The column of controls beside the network: a known network to start from, depth, stages, and every field."""

import streamlit as st

from explorer.model import PRESETS, SpecError
from explorer.model.changes import share_blocks
from explorer.model.controls import CONTROLS
from explorer.model.field_types import WholeList
from explorer.model.presets.catalogue import preset_fields
from explorer.model.rules import MOST_BLOCKS
from explorer.model.variants import BLOCKS
from explorer.ui.build import state
from explorer.ui.build.controls import field_control, stages_of
from explorer.ui.build.draft import Draft, Network
from explorer.ui.build.view_options import GROUPS, UNFOLDED_AT_FIRST
from explorer.ui.common import session
from explorer.ui.common.remembered_widgets import bound, left, put
from explorer.ui.common.slider_stops import extended, roomy

OWN = ""
PRESET, DEPTH, STAGES = "preset", "depth", "stages"
OTHER_LAYERS = 2
"""The stem's first convolution and the last linear layer."""
UNFOLDED = "groups"
"""Key of the names of the groups of controls that are unfolded."""


def _preset_label(name: str) -> str:
    return f"{PRESETS[name].title} ({PRESETS[name].family})" if name in PRESETS else "Your own network"


def _load_preset() -> None:
    if st.session_state[PRESET] in PRESETS:
        state.replace_draft(Draft.of(preset_fields(st.session_state[PRESET])))


def preset_picker(draft: Draft) -> None:
    """The known networks; says which one the controls spell at the moment."""
    name = draft.preset
    options = ([] if name else [OWN]) + list(PRESETS)
    st.selectbox(
        "Start from a known network",
        options,
        options.index(name or OWN),
        format_func=_preset_label,
        help="Loads all its values into the controls below. Type to search.",
        **bound(PRESET, name or OWN, _load_preset),
    )
    # Without a caption its place stays: a browser that finds the groups at another place builds them anew.
    caption = st.empty()
    if name:
        caption.caption(f"These controls are {PRESETS[name].title}: {PRESETS[name].source}.")


def _rescale(layers_per_block: int) -> None:
    draft = state.draft()
    proportions = draft.proportions or stages_of(draft)
    blocks = (st.session_state[DEPTH] - OTHER_LAYERS) // layers_per_block
    draft.set("stage_blocks", share_blocks(blocks, proportions))
    draft.proportions = proportions


def _restage() -> None:
    draft = state.draft()
    count = st.session_state[STAGES]
    for name, declared in CONTROLS.items():
        value = draft.values[name]
        if (
            isinstance(declared.kind, WholeList)
            and declared.kind.entry == "stage"
            and isinstance(value, list)
            and value
        ):
            draft.set(name, extended(value, count, declared.kind.high))


def shape_sliders(draft: Draft) -> None:
    """Two sliders that move many fields at once: depth, and the number of stages."""
    blocks = stages_of(draft)
    layers = BLOCKS[draft.values["block"]].layers if draft.values["block"] in BLOCKS else 2
    if not all(1 <= count <= MOST_BLOCKS for count in blocks):
        for _ in (DEPTH, STAGES):
            st.empty()
        return
    # In layers, not blocks: the browser reports a stop's text, which means the same whatever the kind of block.
    depth, *stops = (
        layers * count + OTHER_LAYERS for count in (sum(blocks), *roomy(len(blocks), MOST_BLOCKS, [sum(blocks)], 72))
    )
    st.select_slider(
        "Depth in layers",
        stops,
        value=depth,
        format_func="{:,}".format,
        help="Adds or removes blocks in all stages, in their present proportions. Counted as the papers do: the"
        " stem's first convolution, every convolution of the branches, the last linear layer.",
        **bound(DEPTH, depth, _rescale, layers),
    )
    most = next(item.kind.longest for item in CONTROLS.values() if isinstance(item.kind, WholeList))
    st.slider(
        "Stages",
        1,
        most,
        len(blocks),
        help="Every stage but the first halves the resolution. A new stage goes on as the last two did.",
        **bound(STAGES, len(blocks), _restage),
    )


def problems_of(draft: Draft, error: SpecError | None) -> dict[str, str]:
    """One sentence for each field that has something wrong with it."""
    problems = {name: f"From the link, and not used: {reason}" for name, reason in draft.refused.items()}
    if error is not None:
        problems[error.field] = f"{error.message[:1].upper()}{error.message[1:]}"
    return problems


def _key(group: str) -> str:
    return f"group.{group}"


def _note_unfolded(changed: str) -> None:
    """After a click on a group: which ones are unfolded now, for the address."""
    before = left(UNFOLDED, UNFOLDED_AT_FIRST)
    put(UNFOLDED, [each for each in GROUPS if (st.session_state[_key(each)] if each == changed else each in before)])


def control_panel(draft: Draft, network: Network) -> None:
    """All controls, in the groups of their declarations; a group with a problem is unfolded.

    What a folded group holds is in the draft and loses nothing by not being drawn: a move costs what can be seen.
    """
    problems = problems_of(draft, network.error)
    preset_picker(draft)
    shape_sliders(draft)
    unfolded = left(UNFOLDED, UNFOLDED_AT_FIRST)
    for group, names in GROUPS.items():
        is_open = group in unfolded or any(name in problems for name in names)
        box = st.expander(group, **bound(_key(group), is_open, _note_unfolded, group))
        # Without a browser, in a test of the page, there is nobody who could unfold: all is drawn.
        if box.open or not session.has_browser():
            with box:
                for name in names:
                    field_control(draft, name, problems.get(name))
