"""Values that reach the browser, although a run may be cut short."""

from streamlit.testing.v1 import AppTest


def page() -> None:
    import streamlit as st

    from explorer.ui.common import widget_values

    widget_values.begin_run()
    widget_values.show("depth", st.session_state.get("wanted", 34))
    st.slider("Depth", 1, 100, key="depth")
    if not st.session_state.get("cut short"):
        widget_values.end_run()


def told(app: AppTest) -> bool:
    """Whether the browser was told the slider's value by this run."""
    return bool(app.slider(key="depth").proto.set_value)


def test_a_value_is_told_again_until_a_run_has_ended() -> None:
    app = AppTest.from_function(page, default_timeout=30)
    app.session_state["cut short"] = True
    assert told(app.run())
    assert told(app.run()), "the first run may have lost its messages"
    app.session_state["cut short"] = False
    assert told(app.run())
    assert not told(app.run()), "a value that has arrived is the visitor's to change"
    assert app.slider(key="depth").value == 34


def test_another_value_is_told_again_until_a_run_has_ended() -> None:
    app = AppTest.from_function(page, default_timeout=30).run()
    app.session_state["wanted"] = 50
    app.session_state["cut short"] = True
    app.run()
    assert told(app.run())
    app.session_state["cut short"] = False
    app.run()
    assert not told(app.run())
    assert app.slider(key="depth").value == 50
