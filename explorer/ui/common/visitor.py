"""The owner of runs: a random name that a browser keeps in a cookie, without a login."""

import re
import uuid

import streamlit as st

from explorer.ui.common.components import declare

COOKIE = "residual_explorer"
KEY = "visitor"
NAME = re.compile(r"[0-9a-f]{32}")

_keep = declare("visitor")


def visitor() -> str:
    """This browser's name. A new browser gets one, and keeps it for its next visit (`keep_name`)."""
    if KEY not in st.session_state:
        kept = st.context.cookies.get(COOKIE)
        # A cookie may contain anything, and without a browser (in a test of a page) there is none.
        st.session_state[KEY] = kept if isinstance(kept, str) and NAME.fullmatch(kept) else uuid.uuid4().hex
    name: str = st.session_state[KEY]
    return name


def keep_name() -> None:
    """Stores the browser's name in its cookie; to be called once in each run."""
    if st.context.cookies.get(COOKIE) != visitor():
        _keep(key="visitor.cookie", data={"cookie": COOKIE, "name": visitor()}, height=1)
