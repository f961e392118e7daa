"""Values of widgets: what was sent counts until the browser has received it, and an old report is not a move."""

from streamlit.testing.v1 import AppTest

from explorer.ui.common import widget_values


def page() -> None:
    import streamlit as st

    from explorer.ui.common import widget_values

    def take(key: str) -> None:
        st.session_state["record"] = st.session_state[key]

    widget_values.begin_run()
    st.session_state.setdefault("record", 34)
    for key in ("slider", "box"):
        widget_values.show_value(key, st.session_state["record"])
    on_change = {key: widget_values.if_moved(key, take) for key in ("slider", "box")}
    st.slider("Depth", 1, 100, key="slider", on_change=on_change["slider"], args=("slider",))
    st.number_input("Depth, exactly", 1, 100, key="box", on_change=on_change["box"], args=("box",))
    if not st.session_state.get("cut short"):
        widget_values.end_run()


def opened() -> AppTest:
    """The page in a browser that has received it."""
    return AppTest.from_function(page, default_timeout=30).run()


def received(app: AppTest, run: int) -> AppTest:
    """The page whose browser has received what the runs up to `run` sent."""
    app.text_input(key=widget_values.RECEIVED).set_value(str(run))
    return app


def shown(app: AppTest) -> tuple[object, object]:
    """Slider and box."""
    return app.slider(key="slider").value, app.number_input(key="box").value


def is_sent(app: AppTest) -> bool:
    """Whether the last run sent the slider's value."""
    return bool(app.slider(key="slider").proto.set_value)


def test_a_value_is_sent_again_until_the_browser_has_received_it() -> None:
    app = AppTest.from_function(page, default_timeout=30)
    app.session_state["cut short"] = True
    assert is_sent(app.run())
    assert is_sent(app.run()), "the first run may have lost its messages"
    app.session_state["cut short"] = False
    assert is_sent(app.run())
    assert is_sent(received(app, 0).run()), "the run ended, and nobody knows whether the browser has its messages"
    assert not is_sent(app.run()), "what has arrived is the visitor's to change"
    assert shown(app) == (34, 34)


def test_a_move_is_shown_by_all_widgets_of_its_value() -> None:
    app = opened()
    app.slider(key="slider").set_value(50).run()
    assert shown(app) == (50, 50)
    app.number_input(key="box").set_value(51).run()
    assert shown(app) == (51, 51)


def test_a_report_older_than_what_was_sent_is_no_move() -> None:
    app = opened()
    app.slider(key="slider").set_value(50).run()
    app.slider(key="slider").set_value(60)
    app.number_input(key="box").set_value(34)
    received(app, 1).run()
    assert app.session_state["record"] == 60
    assert shown(app) == (60, 60)


def test_a_report_of_a_value_on_its_way_is_no_move() -> None:
    app = opened()
    for value in (50, 60):
        app.slider(key="slider").set_value(value)
        received(app, 1).run()
    app.number_input(key="box").set_value(50)
    app.slider(key="slider").set_value(70)
    received(app, 1).run()
    assert shown(app) == (70, 70)


def test_a_move_back_to_an_older_value_counts_once_the_newer_one_has_arrived() -> None:
    app = opened()
    app.slider(key="slider").set_value(50).run()
    app.number_input(key="box").set_value(34).run()
    assert app.session_state["record"] == 34
    assert shown(app) == (34, 34)


def menus() -> None:
    import streamlit as st

    from explorer.ui.common import widget_values

    def take(key: str) -> None:
        st.session_state["record"] = st.session_state[key]

    widget_values.begin_run()
    record, stops = st.session_state.setdefault("record", 34), st.session_state.setdefault("stops", [1, 33, 34])
    for key in ("slider", "menu"):
        widget_values.show_value(key, record)
    st.select_slider(
        "Depth", stops, value=record, key="slider", on_change=widget_values.if_moved("slider", take), args=("slider",)
    )
    st.selectbox("Depth", stops, key="menu", on_change=widget_values.if_moved("menu", take, stops), args=("menu",))
    widget_values.end_run()


def test_a_report_of_a_stop_or_an_option_that_is_gone_is_no_move() -> None:
    app = AppTest.from_function(menus, default_timeout=30).run()
    app.session_state["stops"] = [1, 34, 35]
    app.run()
    late = (app.select_slider(key="slider"), app.selectbox(key="menu"))
    for widget in late:
        widget.options = ["1", "33", "34"]
        widget.set_value(33)
    app.run()
    assert app.session_state["record"] == 34
    assert (app.select_slider(key="slider").value, app.selectbox(key="menu").value) == (34, 34)
    app.select_slider(key="slider").set_value(35).run()
    assert app.session_state["record"] == 35
