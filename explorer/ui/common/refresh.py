"""Parts of a page that draw themselves again while work is under way."""

from collections.abc import Callable
from functools import partial

import streamlit as st

Check = Callable[[bool], None]
"""A function that is told whether the work is still active."""


def refreshed(draw: Callable[[Check], None], seconds: float, *, active: bool) -> None:
    """Calls `draw`, again every `seconds` while the work is `active`.

    Before it draws anything, `draw` calls its argument with whether the work is active now.
    """
    st.fragment(draw, run_every=seconds if active else None)(partial(_check, active))


def _check(was_active: bool, is_active: bool) -> None:
    if was_active != is_active:
        # Only a run of the whole page starts or stops the browser's refresh timer.
        st.rerun()
