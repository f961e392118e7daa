"""The page Class for who is in none: a form to join one, and one to open one or to go on teaching one."""

from collections.abc import Callable
from importlib.util import find_spec

import streamlit as st
from streamlit.errors import StreamlitAuthError

from explorer.classes.access import is_teacher, teacher_password, teachers
from explorer.classes.credentials import is_same, read_code
from explorer.classes.errors import ClassError, WrongCodeError
from explorer.classes.questions import LONGEST_NICKNAME
from explorer.jobs.errors import StoreError
from explorer.language import N_, _, pgettext
from explorer.ui.classroom import membership
from explorer.ui.classroom.board import class_store, guesses
from explorer.ui.common.visitor import visitor

JOINING, TEACHING = "class.joining", "class.teaching"
"""Keys of the messages of the two forms."""
NEW_KEY = "class.key.new"
"""Key of the teacher's key that is to be shown once."""
CODE, NICKNAME, PASSWORD, OLD_KEY = "class.code", "class.nickname", "class.password", "class.key.typed"
JOIN_A_CLASS = N_("Join a class")
NAME_HELP = N_("Optional. It stands on your own page only; nobody sees who gave which answer.")
WRONG_PASSWORD = N_("This is not the password for teachers. Whoever runs this server knows it.")
WRONG_KEY = N_("This key opens no class: it is mistyped, or the class was deleted.")
NO_SIGN_IN = N_(
    "Teachers have to sign in on this server, but its sign-in is not set up: whoever runs it has to add the section"
    " [auth] to .streamlit/secrets.toml and to install Authlib."
)
NOT_A_TEACHER = N_(
    "You are signed in, but not as one of the teachers of this server. Whoever runs it can add your address."
)


def draw_joining(code: str) -> None:
    """Draws the form by which a student joins; `code` is the one of the link."""
    with st.form("class.join", width=480):
        st.markdown(f"### {_(JOIN_A_CLASS)}")
        st.text_input(
            pgettext("of a class", "Code"),
            value=code,
            key=CODE,
            max_chars=40,
            help=_("The six characters that your teacher shows."),
        )
        st.text_input(_("Nickname"), key=NICKNAME, max_chars=LONGEST_NICKNAME, help=_(NAME_HELP))
        st.form_submit_button(_("Join"), type="primary", on_click=_join, help=_("No account is needed."))
    _draw_trouble(JOINING)


def _join() -> None:
    def join() -> None:
        code = st.session_state.get(CODE, "")
        class_store().join(code, membership.browser_secret(), st.session_state.get(NICKNAME, ""))
        membership.take_seat(read_code(code))

    _attempt(JOINING, join)


def draw_teaching() -> None:
    """Draws how a teacher opens a class, or goes on with one that was opened in another browser."""
    with st.expander(_("Teach a class"), icon=":material/school:"):
        if _may_teach():
            if teacher_password():
                st.text_input(
                    _("Password for teachers"), key=PASSWORD, type="password", help=_("This server asks for it.")
                )
            st.button(
                _("Open a class"), key="class.open", type="primary", on_click=_open, help=_("It ends after a day.")
            )
        _draw_trouble(TEACHING)
        with st.form("class.resume", border=False):
            st.text_input(
                _("Teacher's key"),
                key=OLD_KEY,
                type="password",
                help=_("The key that was shown when the class was opened, to go on with it in this browser."),
            )
            st.form_submit_button(_("Go on teaching"), on_click=_resume)


def _may_teach() -> bool:
    """Whether this visitor may open a class, as far as signing in decides; draws what is missing."""
    if not teachers():
        return True
    try:
        if find_spec("authlib") is None:
            raise StreamlitAuthError(NO_SIGN_IN)
        if not st.user.is_logged_in:
            st.button(
                _("Sign in to teach"), key="class.sign_in", on_click=st.login, help=_("With the account of a teacher.")
            )
            return False
        if is_teacher(str(st.user.get("email") or "") if st.user.get("email_verified", True) else ""):
            return True
    except (AttributeError, StreamlitAuthError):
        st.error(_(NO_SIGN_IN), icon=":material/lock:")
        return False
    st.error(_(NOT_A_TEACHER), icon=":material/lock:")
    st.button(_("Sign out"), key="class.sign_out", on_click=st.logout, help=_("To sign in as somebody else."))
    return False


def _open() -> None:
    def open_class() -> None:
        if (wanted := teacher_password()) and not is_same(st.session_state.get(PASSWORD, ""), wanted):
            raise WrongCodeError(WRONG_PASSWORD)
        _, key = class_store().open_class()
        membership.begin_teaching(key)
        st.session_state[NEW_KEY] = key

    _attempt(TEACHING, open_class)


def _resume() -> None:
    def resume() -> None:
        key = st.session_state.get(OLD_KEY, "").strip()
        if not membership.A_KEY.fullmatch(key) or class_store().teaching(key) is None:
            raise WrongCodeError(WRONG_KEY)
        membership.begin_teaching(key)

    _attempt(TEACHING, resume)


def _attempt(message: str, act: Callable[[], None]) -> None:
    """Does what was asked for, unless too much was guessed; an error's sentence is kept under `message`."""
    try:
        guesses().check(visitor())
        act()
    except WrongCodeError as error:
        guesses().note_wrong(visitor())
        st.session_state[message] = str(error)
    except (ClassError, StoreError) as error:
        st.session_state[message] = str(error)


def _draw_trouble(message: str) -> None:
    if trouble := st.session_state.pop(message, ""):
        st.error(trouble, icon=":material/error:")
