"""The lesson's chain of one number: controls, two curves that can be followed step by step, and the arithmetic."""

from collections.abc import Mapping
from dataclasses import replace
from math import ceil, floor, log10
from typing import Any

import streamlit as st
from plotly.subplots import make_subplots

from explorer.analysis.theory import Chain
from explorer.language import N_, _, ngettext
from explorer.model.field_types import Real, Whole
from explorer.ui.common.address import AddressField
from explorer.ui.common.address_types import Value
from explorer.ui.common.remembered_widgets import bound
from explorer.ui.labs.shared import charts, predict, text

LENGTH, WEIGHT, FACTOR = Whole(1, 50), Real(-0.5, 1.5), Real(0.0, 1.2)
FIELDS = (
    AddressField("length", N_("Blocks L"), Value(LENGTH), 20, N_("How many blocks follow one another.")),
    AddressField(
        "weight", N_("Weight w"), Value(WEIGHT), 0.5, N_("What the layer of every block multiplies its input by.")
    ),
    AddressField(
        "factor",
        N_("Shortcut λ"),
        Value(FACTOR),
        1.0,
        N_("What the shortcut multiplies the input by: 1 passes it on unchanged, 0 leaves the plain chain."),
    ),
)
PLAIN, RESIDUAL = N_("plain"), N_("with shortcuts")
STATE, AT = "lesson.chain", "lesson.chain.at"
"""Keys of the chosen values, and of how many steps are shown: up to L forwards, then as many backwards."""
MILLIONTH, HUNDREDTH, HALF = (
    N_("About a millionth."),
    N_("About a hundredth."),
    N_("One half: each layer halves, none takes all."),
)
QUESTION = predict.Question(
    "lesson.chain",
    N_("Twenty layers follow one another, and each multiplies by 0.5. What is left of the 1 at the end?"),
    (MILLIONTH, HUNDREDTH, HALF),
    0,
    text.Section("lesson", "chain_reveal"),
    {
        HUNDREDTH: N_("That is left after seven layers."),
        HALF: N_("One half is left after the first layer, and the second one halves that."),
    },
    gives_away=("w^L", "leave a millionth"),
)


def values() -> dict[str, Any]:
    """The chosen length, weight and factor by name."""
    kept: Mapping[str, Any] = st.session_state.get(STATE, {})
    return {field.name: kept.get(field.name, field.default) for field in FIELDS}


def take(chosen: Mapping[str, Any]) -> None:
    """Chooses the values of an address; those that it leaves out are the defaults."""
    st.session_state[STATE] = dict(chosen)
    st.session_state.pop(AT, None)


def draw() -> None:
    """Asks what is left at the end; after the answer, draws the chain."""
    predict.draw_question(QUESTION)
    if not predict.is_answered(QUESTION):
        return
    _draw_controls()
    residual = Chain(**values())
    plain = replace(residual, factor=0.0)
    at = min(st.session_state.get(AT, 2 * residual.length), 2 * residual.length)
    _draw_stepper(at, residual.length)
    st.markdown(step_sentence(plain, residual, at), width=text.READABLE_WIDTH)
    _draw_chart(plain, residual, at)
    st.markdown(ways_sentence(residual), width=text.READABLE_WIDTH)
    text.draw_section("lesson", "chain_limits")


def _draw_controls() -> None:
    shown = values()
    for column, field in zip(st.columns(3), FIELDS, strict=True):
        kind = field.type.kind if isinstance(field.type, Value) else None
        assert isinstance(kind, Whole | Real)
        key = f"lesson.{field.name}"
        widget = bound(key, shown[field.name], _move, field.name, key)
        label, explanation = _(field.label), _(field.help)
        column.slider(label, kind.low, kind.high, shown[field.name], kind.step, help=explanation, **widget)


def _move(name: str, key: str) -> None:
    st.session_state[STATE] = values() | {name: st.session_state[key]}
    st.session_state.pop(AT, None)


def _draw_stepper(at: int, length: int) -> None:
    rows = (
        (N_("From the start"), "start", "first_page", 0, N_("Only the input is shown; go on step by step.")),
        (N_("Step back"), "back", "chevron_left", at - 1, N_("One step less.")),
        (N_("Step"), "step", "chevron_right", at + 1, N_("First the values forwards, then the gradients backwards.")),
        (N_("All steps"), "all", "last_page", 2 * length, N_("Everything is shown.")),
    )
    with st.container(horizontal=True, key="lesson.stepper"):
        for label, name, icon, to, explanation in rows:
            st.button(
                _(label),
                key=f"lesson.chain.{name}",
                icon=f":material/{icon}:",
                help=_(explanation),
                disabled=to == at or not 0 <= to <= 2 * length,
                on_click=_show,
                args=(to,),
            )


def _show(at: int) -> None:
    st.session_state[AT] = at


def step_sentence(plain: Chain, residual: Chain, at: int) -> str:
    """The arithmetic of one step, as Markdown: of a block forwards, of its gradient backwards."""
    length, w, factor = residual.length, residual.weight, residual.factor
    if at == 0:
        return _("Both chains begin with 1.")
    if at <= length:
        one, other = plain.values[at - 1 : at + 1], residual.values[at - 1 : at + 1]
        place = _("**Forwards, block {block} of {length}:**").format(block=at, length=length)
    else:
        block = 2 * length - at + 1
        one, other = plain.gradients[block - 1 : block + 1][::-1], residual.gradients[block - 1 : block + 1][::-1]
        place = _("**Backwards, block {block} of {length}:** from the gradient behind it to the one before it:").format(
            block=block, length=length
        )
    before, behind, with_before, with_behind = map(number, (*one, *other))
    return _("{place} plain {product}; with a shortcut {sum}.").format(
        place=place,
        product=f"${w:g} \\cdot {before} = {behind}$",
        sum=f"${factor:g} \\cdot {with_before} + {w:g} \\cdot {with_before} = {with_behind}$",
    )


def number(value: float) -> str:
    """Four digits of a number as mathematics, very large and very small ones with a power of ten."""
    mantissa, _, exponent = f"{value:.3e}".partition("e")
    if value == 0 or -4 < int(exponent) < 6:
        return f"{value:.4g}"
    return f"{float(mantissa):g} \\cdot 10^{{{int(exponent)}}}"


def ways_sentence(chain: Chain) -> str:
    """How the output is a sum over the ways through the chain, as Markdown."""
    most = max(range(chain.length + 1), key=lambda k: abs(chain.ways[k]))
    values = {
        "output": f"${number(chain.values[-1])}$",
        "ways": f"{2**chain.length:,}",
        "shortcuts": f"${number(chain.ways[0])}$",
        "count": most,
        "most": f"${number(chain.ways[most])}$",
    }
    return ngettext(
        "The output of the chain with shortcuts, {output}, is a sum over all its {ways} ways: through every block "
        "either by the shortcut or by the layer. The way over all shortcuts contributes {shortcuts}. Those through "
        "{count} layer contribute most together: {most}.",
        "The output of the chain with shortcuts, {output}, is a sum over all its {ways} ways: through every block "
        "either by the shortcut or by the layer. The way over all shortcuts contributes {shortcuts}. Those through "
        "{count} layers contribute most together: {most}.",
        most,
    ).format(**values)


def _draw_chart(plain: Chain, residual: Chain, at: int) -> None:
    length = residual.length
    figure = make_subplots(1, 2, subplot_titles=(_("size of the value"), _("size of the gradient")), shared_yaxes=True)
    styles = charts.network_styles((PLAIN, RESIDUAL), (PLAIN,))
    for name, chain in ((PLAIN, plain), (RESIDUAL, residual)):
        forwards = [abs(value) for value in chain.values[: min(at, length) + 1]]
        shown = max(0, at - length) + (at >= length)
        backwards = [abs(value) for value in chain.gradients[length + 1 - shown :]]
        charts.add_band(figure, range(len(forwards)), [_drawable(forwards)], _(name), styles[name], row=1, col=1)
        places = range(length + 1 - shown, length + 1)
        charts.add_band(figure, places, [_drawable(backwards)], _(name), styles[name], legend=False, row=1, col=2)
    figure.update_xaxes(title=_("behind block"), range=[-0.5, length + 0.5])
    low, high = decades(plain, residual)
    # The same axis at every step, so that a step moves nothing but the curves.
    figure.update_yaxes(type="log", exponentformat="power", range=[low, high], dtick=ceil((high - low) / 8))
    charts.draw_figure(figure, "lesson.chain.chart")


def decades(*chains: Chain) -> tuple[int, int]:
    """The powers of ten between which all values of the chains lie, 10^-1 to 10^1 at least; zeros do not count."""
    sizes = [log10(abs(value)) for chain in chains for value in chain.values if value]
    return min(-1, floor(min(sizes))), max(1, ceil(max(sizes)))


def _drawable(sizes: list[float]) -> list[float]:
    """Zero has no place on a logarithmic axis: a gap."""
    return [size or float("nan") for size in sizes]
