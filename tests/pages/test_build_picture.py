"""Build's picture: what it is coloured by, what an opened block tells, the files it comes as."""

import re
from collections.abc import Mapping

import pytest
from streamlit.testing.v1 import AppTest

from explorer.analysis.network import analyse
from explorer.model import CONTROLS, assemble, preset
from explorer.outputs import formatting
from explorer.outputs.drawing.dot import find_block
from explorer.outputs.drawing.overview.colouring import Colouring, colouring
from explorer.ui.build import colours
from explorer.ui.common import picture_downloads
from tests.pages.conftest import Bench
from tests.pages.sent import sent


def drawn(app: AppTest) -> str:
    """The overview as the browser gets it: its SVG, and its text for those who cannot see it."""
    data = sent(app, "overview")
    return f"{data['svg']}\n{data['description']}"


def shown(app: AppTest) -> str:
    return "\n".join(each.value for each in app.main.markdown)


@pytest.mark.parametrize(
    ("preset_name", "path", "equation"),
    [
        ("resnet50", "layer2.0", r"y &= \mathrm{ReLU}(F(x) + \mathrm{BN}(W_{s}\,x))"),
        ("resnet50", "layer2.1", r"y &= \mathrm{ReLU}(F(x) + x)"),
        ("cifar_preact110", "layer2.1", "y &= F(x) + x"),
        ("cifar_plain20", "layer1.0", r"y &= \mathrm{ReLU}(\mathrm{BN}(W_{2}\,z_{1}))"),
    ],
)
def test_an_opened_block_tells_its_equation_and_its_sums(
    bench: Bench, preset_name: str, path: str, equation: str
) -> None:
    app = bench.open(preset=preset_name)
    app.selectbox(key="graph.block").set_value(path).run()
    assert not app.exception
    (mathematics,) = app.main.latex
    assert equation in mathematics.value
    cost = find_block(assemble(preset(preset_name)), path).block.cost
    assert f"**{cost.macs:,}** | **{cost.params:,}** |" in shown(app)


def test_a_run_of_equal_blocks_is_multiplied_out(bench: Bench) -> None:
    app = bench.open(preset="resnet101")
    app.selectbox(key="graph.block").set_value("layer3.1").run()
    assert "$22 \\cdot 218{,}365{,}952 = 4{,}804{,}050{,}944$" in shown(app)


def test_only_a_block_has_arithmetic(bench: Bench) -> None:
    app = bench.open(opened="layer1.0")
    assert app.main.latex
    app.segmented_control(key="graph.level").set_value("stage").run()
    assert not app.exception
    assert not app.main.latex


def test_a_run_that_was_opened_stays_open_when_the_network_changes(bench: Bench) -> None:
    app = bench.open(preset="resnet152")
    assert "layer3.20" not in drawn(app)
    app.session_state["overview.opened"] = frozenset({"layer3"})
    app.run()
    assert 'data-path="layer3.20"' in drawn(app)
    app.select_slider(key="stage_blocks.2").set_value(30).run()
    assert not app.exception
    assert "layer3.29" in drawn(app)
    assert "layer3.30" not in drawn(app)


def test_time_that_was_not_measured_says_so_and_leads_to_where_it_is(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(colours, "measured_block_seconds", lambda spec: None)
    app = bench.open()
    assert not any(said.value == colours.NOT_MEASURED for said in app.main.caption)
    app.selectbox(key="overview.colour").set_value("time").run()
    assert not app.exception
    assert any(said.value == colours.NOT_MEASURED for said in app.main.caption)
    app.button(key="overview.measure").click().run()
    assert not app.exception
    assert app.session_state["left.tables"] == colours.TIMING_VIEW
    assert app.button(key="timing.measure")


def test_measured_time_is_told_and_painted(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    seconds: Mapping[str, float] = {"layer1.0": 0.002, "layer4.2": 0.008}
    monkeypatch.setattr(colours, "measured_block_seconds", lambda spec: seconds)
    app = bench.open()
    app.selectbox(key="overview.colour").set_value("time").run()
    assert not app.exception
    assert not [button for button in app.main.button if button.key == "overview.measure"]
    told = drawn(app)
    assert f"{colours.MEASURED}: 2 ms" in told
    summary = Colouring(colours.MEASURED, seconds, formatting.seconds).summary
    assert summary in told
    assert "layer4.2" in summary
    assert "8 ms" in summary


@pytest.mark.parametrize("metric", [name for name in colours.LABELS if name not in {"plain", "time"}])
def test_colours_are_told_in_words_too(bench: Bench, metric: str) -> None:
    app = bench.open()
    app.selectbox(key="overview.colour").set_value(metric).run()
    assert not app.exception
    summary = colouring(analyse(assemble(preset("resnet50"))), metric).summary
    assert colours.LABELS[metric] in summary
    assert summary in drawn(app)


def test_where_a_network_fails_the_picture_names_the_control(bench: Bench) -> None:
    app = bench.open(stage_widths="512-256-128-64", shortcut="pad")
    assert not app.exception
    assert re.search(rf"{CONTROLS['shortcut'].label}: .*layer2\.0", drawn(app))


def test_the_menu_of_files_is_made_when_it_is_open(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr(picture_downloads, "converts_svg", lambda: asked.append(1) or True)
    app = bench.open()
    assert asked == []
    app.session_state["overview.files"] = True
    app.run()
    assert asked
    assert [each.proto.label for each in app.get("download_button")][:3] == ["SVG", "PNG", "PDF"]


def test_without_cairo_the_menu_says_why_there_is_only_svg(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture_downloads, "converts_svg", lambda: False)
    app = bench.open()
    app.session_state["overview.files"] = True
    app.run()
    assert [each.proto.label for each in app.get("download_button")] == ["SVG"]
    assert any(said.value == picture_downloads.NO_CAIRO for said in app.main.caption)
