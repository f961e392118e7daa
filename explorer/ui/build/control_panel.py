"""The column of controls beside the network: a known network to start from, depth, stages, and every field."""

import streamlit as st

from explorer.language import _, told
from explorer.model import PRESETS, SpecError
from explorer.model.controls import CONTROLS
from explorer.model.field_types import WholeList
from explorer.model.rules import MOST_BLOCKS
from explorer.model.variants import BLOCKS, TRANSITIONS
from explorer.outputs.formatting import capitalised
from explorer.ui.build import state
from explorer.ui.build.changes import changes_line, undo_and_redo
from explorer.ui.build.controls import BOX_PIXELS, group_controls
from explorer.ui.build.draft import Draft, Network, stages_of
from explorer.ui.build.finder import finder
from explorer.ui.build.opened_file import open_fields
from explorer.ui.build.view_options import GROUPS, UNFOLDED_AT_FIRST
from explorer.ui.common import session
from explorer.ui.common.lesson_step import is_opened
from explorer.ui.common.remembered_widgets import VIEW, bound, left, pressed, put
from explorer.ui.common.slider_stops import extended

OWN = ""
PRESET, DEPTH, DEPTH_BOX, STAGES = "preset", "depth", "depth.exact", "stages"
OTHER_LAYERS = 2
"""The stem's first convolution and the last linear layer."""
DEPTH_FIELDS = ("stage_blocks",)
STAGE_FIELDS = tuple(
    name for name, each in CONTROLS.items() if isinstance(each.kind, WholeList) and each.kind.entry == "stage"
)
"""What the sliders of depth and stages set."""
SLIDER_BLOCKS = 72
"""The depth slider reaches this number of blocks, and more where the network has more than half of it."""
UNFOLDED = "groups"
"""Key of the names of the groups of controls that are unfolded."""


def _preset_label(name: str) -> str:
    if name == OWN:
        return _("Your own network")
    return f"{told(PRESETS[name].told_title)} ({_(PRESETS[name].family)})"


def _load_preset() -> None:
    if st.session_state[PRESET] in PRESETS:
        state.replace_draft(Draft.of_known(st.session_state[PRESET]))


def preset_picker(draft: Draft, network: Network) -> None:
    """The known networks, and which one the controls are at the moment."""
    name = draft.preset
    options = ([] if name else [OWN]) + list(PRESETS)
    st.selectbox(
        _("Start from a known network"),
        options,
        options.index(name or OWN),
        format_func=_preset_label,
        **bound(
            PRESET, name or OWN, _load_preset, help=_("Loads all its values into the controls below. Type to search.")
        ),
    )
    with st.container():  # one place, whatever stands there: groups that move are built anew
        changes_line(draft, network)
    undo_and_redo()


def _take_depth(layers_per_block: int, others: int, key: str) -> None:
    state.draft().set_depth((st.session_state[key] - others) // layers_per_block)


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
            draft.set(name, extended(value, count, declared.kind.usual or declared.kind.high))


def shape_sliders(draft: Draft) -> None:
    """What moves many fields at once: the depth, and the number of stages."""
    blocks = stages_of(draft.values)
    if min(blocks) < 1 or sum(blocks) > MOST_BLOCKS:
        for _slider in (DEPTH, DEPTH_BOX, STAGES):
            st.empty()
        return
    _depth_slider(draft, blocks)
    most = next(item.kind.longest for item in CONTROLS.values() if isinstance(item.kind, WholeList))
    st.slider(
        _("Stages"),
        1,
        most,
        len(blocks),
        **bound(
            STAGES,
            len(blocks),
            _restage,
            sets=STAGE_FIELDS,
            help=_(
                "Every stage but the first halves the resolution, unless strides are given. A new stage goes on as the"
                " last two did."
            ),
        ),
    )


def _other_layers(draft: Draft, stages: int) -> int:
    """Layers with weights that no block has: a transition with a convolution has one in each stage."""
    transition, hidden = TRANSITIONS.get(draft.values["transition"]), draft.values["head_hidden"]
    convolves = transition is not None and transition.place is not None and not transition.keeps_channels
    return OTHER_LAYERS + (stages if convolves else 0) + (len(hidden) if isinstance(hidden, list) else 0)


def _depth_slider(draft: Draft, blocks: list[int]) -> None:
    """A slider with a stop for every number of blocks, and a box for the exact number of layers."""
    layers = BLOCKS[draft.values["block"]].layers if draft.values["block"] in BLOCKS else 2
    others = _other_layers(draft, len(blocks))
    # In layers, not blocks: the browser reports a stop's text, which means the same whatever the kind of block.
    depths = range(layers * len(blocks) + others, layers * MOST_BLOCKS + others + 1, layers)
    depth = layers * sum(blocks) + others
    st.select_slider(
        _("Depth in layers"),
        depths[: max(SLIDER_BLOCKS, 2 * sum(blocks)) - len(blocks) + 1],
        value=depth,
        format_func="{:,}".format,
        **bound(
            DEPTH,
            depth,
            _take_depth,
            layers,
            others,
            DEPTH,
            sets=DEPTH_FIELDS,
            help=_(
                "Adds or removes blocks in all stages, in their present proportions; where a known network has the"
                " depth and differs in nothing else, it is that network. Counted as the papers do: the stem's first"
                " convolution, every convolution of the branches ({layers} a block here, so depth goes in steps of"
                " {layers}), the last linear layer and the hidden ones before it."
            ).format(layers=layers),
        ),
    )
    st.number_input(
        _("{label}, exactly").format(label=_("Depth in layers")),
        depths[0],
        depths[-1],
        depth,
        layers,
        label_visibility="collapsed",
        width=BOX_PIXELS,
        **bound(DEPTH_BOX, depth, _take_depth, layers, others, DEPTH_BOX, sets=DEPTH_FIELDS),
    )


def problems_of(draft: Draft, error: SpecError | None) -> dict[str, str]:
    """One sentence for each field that has something wrong with it."""
    problems = {
        name: _("The link's value is not used: {reason}; choose one here.").format(reason=reason.rstrip(".。"))
        for name, reason in draft.refused.items()
    }
    if error is not None:
        problems[error.field] = capitalised(error.message)
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
    preset_picker(draft, network)
    finder()
    st.button(
        _("Open a file of weights"),
        icon=":material/folder_open:",
        key="file.open",
        type="tertiary",
        **pressed(
            put,
            VIEW,
            "File",
            sets=("tab",),
            help=_("The network that a checkpoint, an ONNX file or a Keras file belongs to."),
        ),
    )
    shape_sliders(draft)
    unfolded, left_open = left(UNFOLDED, UNFOLDED_AT_FIRST), open_fields(network.spec)
    for group, names in GROUPS.items():
        is_open = group in unfolded or any(name in problems or name in left_open or is_opened(name) for name in names)
        box = st.expander(_(group), **bound(_key(group), is_open, _note_unfolded, group))
        # Without a browser, in a test of the page, there is nobody who could unfold: all is drawn.
        if box.open or not session.has_browser():
            with box:
                group_controls(draft, names, problems, left_open)
