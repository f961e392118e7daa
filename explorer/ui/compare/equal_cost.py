"""Equal cost: change one setting, solve for another, add the result; and a sweep of one setting over its values."""

from collections.abc import Sequence

import streamlit as st

from explorer.analysis.equal_cost import COST_SETTINGS, HELD, CostSetting, Solution, solve_equal_cost
from explorer.language import _
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


def labels() -> dict[str, str]:
    """The labels of the settings that can be changed or solved for."""
    return {name: _(chosen.label) for name, chosen in COST_SETTINGS.items()}


def solver_panel(setup: CompareSetup, comparison: Comparison) -> None:
    """Draws the controls, the network found, and the table of solutions."""
    st.markdown(_("Keep a cost equal, change one setting, and solve for another, as in ResNeXt's Table 2."))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        places = {str(number): name for number, name in enumerate(comparison.names, 1)}
        base = comparison.specs[int(menu(setup, "of", _("Start from"), places, width=260)) - 1]
        held = menu(setup, "hold", _("Keep equal"), {name: _(QUANTITIES[name].label) for name in HELD}, width=150)
        about = _(COST_SETTINGS[setup.choices["turn"]].help)
        turned = menu(setup, "turn", _("Change"), labels(), width=150, help=about)
        chosen = COST_SETTINGS[turned]
        value = number(setup, "to", _upper(chosen), chosen.low, chosen.high)
        solved = menu(setup, "solve", _("Solve for"), labels(), width=150)
    try:
        found = solve_equal_cost(base, turned, value, solved, held)
        usual = equal_cost_solutions(base, turned, solved, held)
    except SpecError as error:
        told = _("{label}: {message}").format(label=labels().get(error.field, error.field), message=error.message)
        st.error(told, icon=":material/error:")
        return
    _result(setup, base, found, held, solved)
    show_with_files(equal_cost_table(usual, turned, solved, held), "compare.trades", f"equal-{held}-{turned}-{solved}")
    names = nearest_in_cost(base, [each for _value, each in usual])
    st.button(
        _("Measure {count} of equal cost").format(count=len(names)),
        key="compare.trades.measure",
        icon=":material/timer:",
        **{"disabled": len(names) < 2}
        | pressed(
            *(measure_now, setup, names),
            sets=(*NETWORKS, "show"),
            help=_(
                "Does equal cost mean equal time? Compares the network and those of the table nearest to it in cost,"
                " instead of the present ones, and measures them on this machine."
            ),
        ),
    )


def _upper(chosen: CostSetting) -> str:
    return _("to ({unit})").format(unit=_(chosen.unit)) if chosen.unit else _("to")


def _with_unit(chosen: CostSetting) -> str:
    return f"{_(chosen.label)}, {_(chosen.unit)}" if chosen.unit else _(chosen.label)


def nearest_in_cost(base: ModelSpec, found: Sequence[Solution]) -> list[str]:
    """The names of `base` and of the solutions that come nearest to its cost, in the table's order, without repeats."""
    others = {network_name(each.spec): abs(each.ratio - 1) for each in found if each.spec != base}
    nearest = sorted(others, key=others.__getitem__)[: MOST_COMPARED - 1]
    return [network_name(base), *(name for name in others if name in nearest)]


def _result(setup: CompareSetup, base: ModelSpec, found: Solution, held: str, solved: str) -> None:
    aim = HELD[held](assemble(base).cost)
    chosen = COST_SETTINGS[solved]
    with st.container(horizontal=True, vertical_alignment="center", gap="medium", key="compare.solution"):
        st.metric(_with_unit(chosen), f"{found.value:,}", width="content")
        reached = HELD[held](found.cost)
        st.metric(
            _(QUANTITIES[held].label),
            formatting.short(reached),
            _("{reached}, {percent} % of {aim}").format(
                reached=f"{reached:,}", percent=f"{100 * (found.ratio - 1):+.2f}", aim=f"{aim:,}"
            ),
            delta_color="off",
            delta_arrow="off",
            width="content",
        )
        name = network_name(found.spec)
        full, present = (
            len(setup.named_networks) >= MOST_COMPARED,
            found.spec in [spec for _label, spec in setup.networks],
        )
        st.button(
            _("Add to the comparison"),
            key="compare.add",
            type="primary",
            icon=":material/add:",
            **{"disabled": full or present} | pressed(setup.add, name, sets=NETWORKS, help=_add_help(full, present)),
        )
        st.button(
            _("Measure both"),
            key="compare.solution.measure",
            icon=":material/timer:",
            **{"disabled": found.spec == base}
            | pressed(
                *(measure_now, setup, [network_name(base), name]),
                sets=(*NETWORKS, "show"),
                help=_("Compares only this network and the one it was made from, and measures both on this machine."),
            ),
        )
        if st.button(_("Open in Build"), key="compare.solution.build", icon=":material/tune:"):
            open_in_build(name)


def _add_help(full: bool, present: bool) -> str:
    if present:
        return _("This network is already compared.")
    if full:
        return _("There are already {most} networks.").format(most=MOST_COMPARED)
    return _("Adds this network to the others.")


def _present_text(comparison: Comparison, present: Sequence[int], low: int, high: int) -> str:
    """Where the networks themselves are."""
    inside = _("{network} itself is the diamond at {value}")
    outside = _("{network} itself, at {value}, is outside of the range")
    places = "; ".join(
        (inside if low <= value <= high else outside).format(network=name, value=f"{value:,}")
        for name, value in zip(comparison.names, present, strict=True)
    )
    return _("{places}.").format(places=places)


def sweep_panel(setup: CompareSetup, comparison: Comparison) -> None:
    """Draws a sweep of one setting: a curve for each network, and the table behind it."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        turned = menu(setup, "knob", _("Change"), labels(), width=150)
        chosen = COST_SETTINGS[turned]
        low = number(setup, "from", _("from"), chosen.low, chosen.high)
        high = number(setup, "upto", _upper(chosen), chosen.low, chosen.high)
        quantity = menu(setup, "curve", _("Vertical axis"), {key: _(found.label) for key, found in QUANTITIES.items()})
    if high < low:
        told = _("“from” is {low} and “to” is {high}: “to” must not be smaller.").format(low=low, high=high)
        st.error(told, icon=":material/error:")
        return
    named = zip(comparison.names, comparison.specs, strict=True)
    sweeps = {name: sweep_around(spec, turned, low, high) for name, spec in named}
    if not any(sweeps.values()):
        st.info(_("None of these values gives a network."), icon=":material/info:")
        return
    axis = _with_unit(chosen)
    description = _("{quantity} of {networks} for {setting} from {low} to {high}.").format(
        quantity=_(QUANTITIES[quantity].label),
        networks=", ".join(sweeps),
        setting=_(chosen.label).lower(),
        low=low,
        high=high,
    )
    present = [chosen.read(spec) for spec in comparison.specs]
    chart = sweep_curves(sweeps, quantity, axis, theme.current(), list(map(is_plain, comparison.specs)), present)
    chart_downloads.show_chart(chart, "compare.sweep", description, f"sweep-{turned}-{quantity}")
    st.caption(
        _("{help} {places} Values that give no network are left out.").format(
            help=_(chosen.help), places=_present_text(comparison, present, low, high)
        )
    )
    known_networks_button(
        setup,
        _("Show among known networks"),
        "compare.sweep.field",
        _("Draws the sweep of the first network into the chart of known networks, cost against cost."),
        y="params" if setup.choices["x"] != "params" else "macs",
        trail=True,
    )
    with st.expander(_("The values")):
        show_with_files(sweep_table(sweeps, sweeps.values(), turned), "compare.sweep.table", f"sweep-{turned}")
