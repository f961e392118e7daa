"""Equal cost: change one setting, solve for another, add the result; and a sweep of one setting over its values."""

from collections.abc import Sequence

import streamlit as st

from explorer.analysis.equal_cost import COST_SETTINGS, HELD, Solution, solve_equal_cost
from explorer.model import ModelSpec, SpecError, assemble
from explorer.model.variants.shortcuts import is_plain
from explorer.outputs import formatting
from explorer.outputs.tables.comparison import Comparison
from explorer.outputs.tables.sweep import QUANTITIES, equal_cost_solutions, equal_cost_table, sweep_around, sweep_table
from explorer.ui.common import chart_downloads, theme
from explorer.ui.common.networks import network_name
from explorer.ui.common.page_links import open_in_build
from explorer.ui.common.remembered_widgets import pressed
from explorer.ui.common.tables import show_with_files
from explorer.ui.compare.charts import sweep_curves
from explorer.ui.compare.setup import MOST_COMPARED, NETWORKS, CompareSetup
from explorer.ui.compare.timing import measure_now
from explorer.ui.compare.widgets import known_networks_button, menu, number

LABELS = {name: chosen.label for name, chosen in COST_SETTINGS.items()}


def solver_panel(setup: CompareSetup, comparison: Comparison) -> None:
    """Draws the controls, the network found, and the table of solutions."""
    st.markdown("Keep a cost equal, change one setting, and solve for another, as in ResNeXt's Table 2.")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        places = {str(number): name for number, name in enumerate(comparison.names, 1)}
        base = comparison.specs[int(menu(setup, "of", "Start from", places, width=260)) - 1]
        held = menu(setup, "hold", "Keep equal", {name: QUANTITIES[name].label for name in HELD}, width=150)
        turned = menu(setup, "turn", "Change", LABELS, width=150, help=COST_SETTINGS[setup.choices["turn"]].help)
        chosen = COST_SETTINGS[turned]
        value = number(setup, "to", f"to{f' ({chosen.unit})' if chosen.unit else ''}", chosen.low, chosen.high)
        solved = menu(setup, "solve", "Solve for", LABELS, width=150)
    try:
        found = solve_equal_cost(base, turned, value, solved, held)
        usual = equal_cost_solutions(base, turned, solved, held)
    except SpecError as error:
        st.error(f"{LABELS.get(error.field, error.field)}: {error.message}", icon=":material/error:")
        return
    _result(setup, base, found, held, solved)
    show_with_files(equal_cost_table(usual, turned, solved, held), "compare.trades", f"equal-{held}-{turned}-{solved}")
    names = nearest_in_cost(base, [each for _, each in usual])
    st.button(
        f"Measure {len(names)} of equal cost",
        key="compare.trades.measure",
        icon=":material/timer:",
        **{"disabled": len(names) < 2}
        | pressed(
            *(measure_now, setup, names),
            sets=(*NETWORKS, "show"),
            help="Does equal cost mean equal time? Compares the network and those of the table nearest to it in cost,"
            " instead of the present ones, and measures them on this machine.",
        ),
    )


def nearest_in_cost(base: ModelSpec, found: Sequence[Solution]) -> list[str]:
    """The names of `base` and of the solutions that come nearest to its cost, in the table's order, without repeats."""
    others = {network_name(each.spec): abs(each.ratio - 1) for each in found if each.spec != base}
    nearest = sorted(others, key=others.__getitem__)[: MOST_COMPARED - 1]
    return [network_name(base), *(name for name in others if name in nearest)]


def _result(setup: CompareSetup, base: ModelSpec, found: Solution, held: str, solved: str) -> None:
    aim = HELD[held](assemble(base).cost)
    chosen = COST_SETTINGS[solved]
    with st.container(horizontal=True, vertical_alignment="center", gap="medium", key="compare.solution"):
        st.metric(f"{chosen.label}{f', {chosen.unit}' if chosen.unit else ''}", f"{found.value:,}", width="content")
        reached = HELD[held](found.cost)
        st.metric(
            QUANTITIES[held].label,
            formatting.short(reached),
            f"{reached:,}, {100 * (found.ratio - 1):+.2f} % of {aim:,}",
            delta_color="off",
            delta_arrow="off",
            width="content",
        )
        name = network_name(found.spec)
        full, present = len(setup.named_networks) >= MOST_COMPARED, found.spec in [spec for _, spec in setup.networks]
        st.button(
            "Add to the comparison",
            key="compare.add",
            type="primary",
            icon=":material/add:",
            **{"disabled": full or present} | pressed(setup.add, name, sets=NETWORKS, help=_add_help(full, present)),
        )
        st.button(
            "Measure both",
            key="compare.solution.measure",
            icon=":material/timer:",
            **{"disabled": found.spec == base}
            | pressed(
                *(measure_now, setup, [network_name(base), name]),
                sets=(*NETWORKS, "show"),
                help="Compares only this network and the one it was made from, and measures both on this machine.",
            ),
        )
        if st.button("Open in Build", key="compare.solution.build", icon=":material/tune:"):
            open_in_build(name)


def _add_help(full: bool, present: bool) -> str:
    if present:
        return "This network is already compared."
    return f"There are already {MOST_COMPARED} networks." if full else "Adds this network to the others."


def _present_text(comparison: Comparison, present: Sequence[int], low: int, high: int) -> str:
    """Where the networks themselves are."""
    places = "; ".join(
        f"{name} itself is the diamond at {value:,}"
        if low <= value <= high
        else f"{name} itself, at {value:,}, is outside of the range"
        for name, value in zip(comparison.names, present, strict=True)
    )
    return f"{places}."


def sweep_panel(setup: CompareSetup, comparison: Comparison) -> None:
    """Draws a sweep of one setting: a curve for each network, and the table behind it."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        turned = menu(setup, "knob", "Change", LABELS, width=150)
        chosen = COST_SETTINGS[turned]
        low = number(setup, "from", "from", chosen.low, chosen.high)
        high = number(setup, "upto", f"to{f' ({chosen.unit})' if chosen.unit else ''}", chosen.low, chosen.high)
        quantity = menu(setup, "curve", "Vertical axis", {key: found.label for key, found in QUANTITIES.items()})
    if high < low:
        st.error(f"“from” is {low} and “to” is {high}: “to” must not be smaller.", icon=":material/error:")
        return
    named = zip(comparison.names, comparison.specs, strict=True)
    sweeps = {name: sweep_around(spec, turned, low, high) for name, spec in named}
    if not any(sweeps.values()):
        st.info("None of these values gives a network.", icon=":material/info:")
        return
    axis = f"{chosen.label}{f', {chosen.unit}' if chosen.unit else ''}"
    description = (
        f"{QUANTITIES[quantity].label} of {', '.join(sweeps)} for {chosen.label.lower()} from {low} to {high}."
    )
    present = [chosen.read(spec) for spec in comparison.specs]
    chart = sweep_curves(sweeps, quantity, axis, theme.current(), list(map(is_plain, comparison.specs)), present)
    chart_downloads.show_chart(chart, "compare.sweep", description, f"sweep-{turned}-{quantity}")
    st.caption(
        f"{chosen.help} {_present_text(comparison, present, low, high)} Values that give no network are left out."
    )
    known_networks_button(
        setup,
        "Show among known networks",
        "compare.sweep.field",
        "Draws the sweep of the first network into the chart of known networks, cost against cost.",
        y="params" if setup.choices["x"] != "params" else "macs",
        trail=True,
    )
    with st.expander("The values"):
        show_with_files(sweep_table(sweeps, sweeps.values(), turned), "compare.sweep.table", f"sweep-{turned}")
