"""The language in which a visitor sees the app: chosen by the link, by this browser's visitor before, or the browser's.

It is found once in each session; the switch changes it, for the browser's later visits too. The address carries it
only where the link or the visitor chose it, so that a shared link does not force a language on its reader by chance.
"""

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from explorer.language import N_, _
from explorer.language.catalogues import SOURCE, best, languages, tag
from explorer.language.present import follow, speak
from explorer.ui.common.address import AddressField, replaced_by_default
from explorer.ui.common.address_types import OneOf
from explorer.ui.common.components import declare

NAME = "lang"
"""In the address."""
COOKIE = "residual_explorer_language"
LANGUAGE, CHOSEN, KEPT, SWITCH = "language", "language.chosen", "language.kept", "language.switch"
"""Keys of the language, of whether link or visitor chose it, whether the switch did in this session, and of it."""
FIELD = AddressField(
    NAME,
    N_("Language"),
    OneOf(lambda: [tag(language) for language in languages()]),
    "",
    N_("The language of the page; without it, the one chosen in this browser, or the browser's own."),
)
HELP = N_("The language of every page. This browser remembers it, and links that are copied from here open in it.")

_describe_page = declare("language")


def query() -> dict[str, str]:
    """What the address says of the language: nothing, unless the link or the visitor chose it."""
    return {NAME: tag(st.session_state[LANGUAGE])} if st.session_state.get(CHOSEN) else {}


def begin_run() -> None:
    """Gives this run's texts in the visitor's language; to be called first in each run of the app."""
    if LANGUAGE not in st.session_state:
        kept = st.context.cookies.get(COOKIE)
        chosen = best([st.query_params.get(NAME), kept])
        st.session_state[CHOSEN] = chosen is not None
        st.session_state[LANGUAGE] = chosen or best([st.context.locale]) or SOURCE
    speak(st.session_state[LANGUAGE])


def warnings() -> list[str]:
    """A sentence on the language of the link, where the app does not have it."""
    texts = st.query_params.get_all(NAME)
    message = _("there are {languages}").format(languages=", ".join(map(tag, languages())))
    return [] if best(texts) or not texts else [replaced_by_default(FIELD, message).sentence]


def draw_switch() -> None:
    """Draws the menu of languages."""
    language = st.session_state[LANGUAGE]
    with st.container(key="language"):
        st.menu_button(
            languages()[language],
            list(languages()),
            key=SWITCH,
            format_func=languages().__getitem__,
            icon=":material/translate:",
            type="tertiary",
            help=_(HELP),
            on_click=_take,
        )


def tell_browser() -> None:
    """Tells the browser which language the page is in, and which one to keep; to be called once in each run."""
    language, keep = st.session_state[LANGUAGE], COOKIE if st.session_state.get(KEPT) else None
    _describe_page(key="language.page", data={"language": tag(language), "keep": keep}, height=1)


def _take() -> None:
    if chosen := st.session_state[SWITCH]:
        st.session_state[LANGUAGE] = chosen
        st.session_state[CHOSEN] = st.session_state[KEPT] = True
        speak(chosen)


def _of_session() -> str | None:
    return st.session_state.get(LANGUAGE) if get_script_run_ctx(suppress_warning=True) else None


follow(_of_session)
