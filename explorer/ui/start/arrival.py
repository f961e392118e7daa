"""The first visit to the bare address shows the start page, later ones open Build.

A cookie says whether a browser has seen the start page. Programs that speak the app's protocol without being a browser
keep no cookies, so they always get Build, as does a test of a page without a browser.
"""

import streamlit as st

from explorer.ui.common.components import declare
from explorer.ui.common.session import address_has_query, has_shown_a_page

COOKIE = "residual_explorer_start"
SEEN = "seen"
BROWSER = "Mozilla/"
"""The beginning of every browser's User-Agent (RFC 9110, 10.1.5; HTML standard, `navigator.appVersion`)."""

_keep = declare("visitor")


def is_first_visit() -> bool:
    """Whether a browser that has not seen the start page opens the app, with nothing in the address."""
    is_browser = st.context.headers.get("User-Agent", "").startswith(BROWSER)
    is_bare = not address_has_query() and not has_shown_a_page()
    return is_browser and is_bare and st.context.cookies.get(COOKIE) is None


def keep_visit() -> None:
    """Has the browser note that it has seen the start page; to be called by that page."""
    if st.context.cookies.get(COOKIE) is None:
        _keep(key="start.cookie", data={"cookie": COOKIE, "name": SEEN}, height=1)
