"""The arithmetic of one block: as equations with its shapes, and every count as the product that it is."""

import streamlit as st

from explorer.analysis.block_equations import aligned, equations, weight_letters
from explorer.analysis.cost_formulas import MACS_RULE, PARAMETERS_RULE, Arithmetic, Sum, arithmetic, space, whole
from explorer.language import _
from explorer.language.present import kept_by_language
from explorer.model import Block
from explorer.outputs import formatting
from explorer.outputs.drawing.skips import skip_of

NOTHING = "–"


def equations_panel(block: Block) -> None:
    """`y = F(x) + x` in the form that this block has, with the shapes of all steps."""
    if block.nodes:
        formula, caption = _equations(block)
        st.latex(formula)
        st.caption(caption)


# Kept for equal blocks: while a slider is moved, the opened block mostly stays the same.


@kept_by_language(maxsize=64)
def _equations(block: Block) -> tuple[str, str]:
    return aligned(equations(block)), explained(block)


@kept_by_language(maxsize=64)
def _arithmetic(block: Block) -> tuple[Arithmetic, str]:
    written = arithmetic(block)
    return written, counts_table(block, written)


def explained(block: Block) -> str:
    """What the letters stand for; only those that occur."""
    skip = skip_of(block)
    letters = [_("{x} is the block's input").format(x=f"$x \\in {space(block.input_shape)}$")]
    letters += [_("$F$ the residual branch")] if skip else []
    letters += [_("$W_i$ the weights of its convolutions")] if weight_letters(block) else []
    values = {"letters": _(", ").join(letters), "skip": _(skip.label) if skip else ""}
    if block.kind in {"stem", "head"}:
        return _("{letters}.").format(**values)
    if skip:
        return _("{letters}; the skip connection is: {skip}.").format(**values)
    return _("{letters}; there is no skip connection.").format(**values)


def counts_panel(block: Block, path: str, times: int) -> None:
    """Multiply-adds and parameters of every op, as products and their sums; for `times` such blocks in a row."""
    written, table = _arithmetic(block)
    if not written.lines:
        return
    with st.container(key="block.numbers"):
        st.markdown(
            _("**{path} in numbers**: a convolution costs {macs} MACs and has {weights} weights.").format(
                path=path, macs=f"${MACS_RULE}$", weights=f"${PARAMETERS_RULE}$"
            )
        )
        st.markdown(table)
        if times > 1:
            st.markdown(
                _("{count} such blocks stand in a row: {macs} MACs, {params} parameters.").format(
                    count=formatting.whole(times),
                    macs=f"${_times(times, written.macs)}$",
                    params=f"${_times(times, written.parameters)}$",
                )
            )


def counts_table(block: Block, written: Arithmetic) -> str:
    """A Markdown table of products, one row per op that multiplies or learns."""
    letters = weight_letters(block)
    rows = [f"| {_('Layer')} | MACs | {_('Parameters')} |", "| :-- | :-- | :-- |"]
    for line in written.lines:
        letter = f" ${letters[line.name]}$" if line.name in letters else ""
        rows.append(f"| {line.name}{letter} | {_cell(line.macs)} | {_cell(line.parameters)} |")
    sums = [f"**{formatting.whole(value)}**" for value in (written.macs, written.parameters)]
    rows.append(f"| **{_('sum')}** | {sums[0]} | {sums[1]} |")
    return "\n".join(rows)


def _cell(count: Sum) -> str:
    return f"${count.latex}$" if count.products else NOTHING


def _times(times: int, value: int) -> str:
    return rf"{whole(times)} \cdot {whole(value)} = {whole(times * value)}"
