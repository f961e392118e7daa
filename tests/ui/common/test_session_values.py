"""Widgets read their own value of the session as they read it from Streamlit's copy, and no copy is made for it."""

from streamlit.runtime.state.safe_session_state import SafeSessionState
from streamlit.testing.v1 import AppTest

from explorer.ui.common import session_values


def page() -> None:
    import streamlit as st

    from explorer.ui.common import session_values

    session_values.look_up_single_values()
    copies: list[int] = []
    copied = session_values._copied
    session_values._copied = lambda session: copies.append(1) or copied(session)  # type: ignore[assignment,func-returns-value]
    try:
        st.session_state.setdefault("cleared", None)
        st.session_state.setdefault("chosen", "b")
        st.selectbox("cleared", ["a", "b"], key="cleared")
        st.selectbox("chosen", ["a", "b"], key="chosen")
        st.selectbox("new", ["a", "b"], key="new")
        st.number_input("number", 1, 9, key="number")
        st.text_input("text", key="text")
        st.session_state["result"] = (len(copies), sorted(st.session_state))
        st.session_state["copies"] = len(copies)
    finally:
        session_values._copied = copied


def test_values_are_those_of_streamlit_and_only_a_list_of_all_copies_them() -> None:
    app = AppTest.from_function(page).run()
    assert not app.exception
    assert [each.value for each in app.selectbox] == [None, "b", "a"]
    assert app.number_input[0].value == 1
    before, keys = app.session_state["result"]
    assert before == 0, "five widgets, no copy"
    assert app.session_state["copies"] > 0, "a list of all keys"
    assert keys == ["chosen", "cleared", "new", "number", "text"]
    app.selectbox(key="new").set_value("b").run()
    assert app.selectbox(key="new").value == "b"
    assert app.selectbox(key="cleared").value is None


def test_it_is_replaced_once() -> None:
    session_values.look_up_single_values()
    replaced = getattr(SafeSessionState, session_values.COPY)
    session_values.look_up_single_values()
    assert getattr(SafeSessionState, session_values.COPY) is replaced
    assert replaced.fget is session_values.SessionValues
