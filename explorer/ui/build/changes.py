"""How the draft differs from the known network it began as; undo and redo; equal cost for another cardinality."""

from functools import lru_cache

import streamlit as st

from explorer.analysis.equal_cost import HELD, solve
from explorer.language import N_, _, told
from explorer.model import PRESETS, Cost, SpecError, assemble, preset
from explorer.model.controls import CONTROLS
from explorer.outputs import formatting
from explorer.ui.build import state
from explorer.ui.build.draft import Draft, Network
from explorer.ui.build.value_texts import value_text
from explorer.ui.common.remembered_widgets import pressed

MOST_NAMED = 4
"""Changes that the line names."""
COUNTED = {
    "params": (N_("{sign} {amount} parameters"), N_("the same parameters")),
    "macs": (N_("{sign} {amount} MACs"), N_("the same MACs")),
}
"""What the line compares, by the key of `HELD`: the texts for a difference and for none."""


def changes_line(draft: Draft, network: Network) -> None:
    """Which known network the controls are, or how they differ from the one they began as."""
    if draft.preset:
        known = PRESETS[draft.preset]
        st.caption(
            _("These controls are {network}: {source}.").format(network=told(known.told_title), source=_(known.source))
        )
        return
    changed = draft.changes
    named = [f"{_(CONTROLS[name].label).lower()} {value_text(name, draft.values[name])}" for name in changed]
    listed = ", ".join(named[:MOST_NAMED])
    if len(named) > MOST_NAMED:
        listed = _("{names} and {count} more").format(names=listed, count=len(named) - MOST_NAMED)
    costs = "" if network.spec is None else f": {_against(draft.base, network.graph.cost)}"
    line = _("Changed from {network}: {changes}{costs}.")
    st.caption(line.format(network=told(PRESETS[draft.base].told_title), changes=listed, costs=costs))
    if "cardinality" in changed and "base_width" not in changed and network.spec is not None:
        st.button(
            _("Hold the parameters"),
            icon=":material/balance:",
            key="hold",
            **pressed(
                _hold_parameters,
                sets=("base_width",),
                help=_(
                    "Sets the base width so that the parameters come as near as they can to those of {network}, as"
                    " ResNeXt's Table 2 was made (Xie et al. 2017)."
                ).format(network=told(PRESETS[draft.base].told_title)),
            ),
        )


def undo_and_redo() -> None:
    """Two buttons that go through what the controls held during this visit."""
    for label, steps in ((N_("Undo"), -1), (N_("Redo"), 1)):
        st.button(
            _(label),
            icon=f":material/{label.lower()}:",
            key=label.lower(),
            type="tertiary",
            **{"disabled": not state.history().has(steps)}
            | pressed(
                _go,
                steps,
                sets=list(CONTROLS),
                help=_("Goes through the values that the controls had during this visit."),
            ),
        )


@lru_cache(maxsize=64)
def _cost(name: str) -> Cost:
    return assemble(preset(name)).cost


def _against(base: str, cost: Cost) -> str:
    """How much more or less than a known network's the counts are: `+ 641 k parameters, the same MACs`."""
    texts = []
    for key, (other, same) in COUNTED.items():
        more = HELD[key](cost) - HELD[key](_cost(base))
        texts.append(
            _(other).format(sign="+" if more > 0 else "−", amount=formatting.short(abs(more))) if more else _(same)
        )
    return ", ".join(texts)


def _go(steps: int) -> None:
    if state.history().has(steps):
        state.replace_draft(state.history().go(steps))


def _hold_parameters() -> None:
    draft = state.draft()
    spec = state.evaluated_draft().network.spec
    if spec is None:
        return
    try:
        solution = solve(spec, HELD["params"](_cost(draft.base)), "params", "base_width")
    except SpecError as error:
        st.toast(error.message, icon=":material/error:")
    else:
        draft.set("base_width", solution.value)
