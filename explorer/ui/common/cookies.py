"""Values that this browser keeps for its next visit."""

import streamlit as st

from explorer.ui.common.components import declare

_keep = declare("cookie")


def kept_cookie(name: str) -> str:
    """What the browser sent under this name when it came; empty without it. It may be anything."""
    found = st.context.cookies.get(name)
    return found if isinstance(found, str) else ""


def keep_cookie(name: str, value: str, days: float) -> None:
    """Has the browser keep a value, whose characters need no quoting, for so many days; an empty one is removed.

    To be called once in each run: a browser gets it only where it came with another one.
    """
    if kept_cookie(name) != value:
        seconds = round(days * 86_400) if value else 0
        _keep(key=f"cookie.{name}", data={"cookie": name, "value": value, "seconds": seconds}, height=1)
