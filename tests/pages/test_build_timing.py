"""Build's Timing: nothing yet, on the way, measured, refused; and what is kept for the picture."""

import pytest
from streamlit.testing.v1 import AppTest

from explorer.experiments import Progress, Refusal
from explorer.experiments.result_cache import newest_measurement
from explorer.model import assemble, preset
from explorer.ui.build.timing import NOTHING_YET
from explorer.ui.build.views import NOTHING_TO_SHOW
from explorer.ui.measuring.panel import PASS_COLUMNS, conditions
from explorer.ui.measuring.progress import CANCELLED
from tests.pages.conftest import Bench
from tests.pages.lab_fakes import RESULTS, FakeJobManager, job_manager
from tests.pages.measure_fakes import SECONDS, measured
from tests.texts import numbers

__all__ = ["job_manager"]
STEP = "Measuring network: forward"


@pytest.fixture(autouse=True)
def reckoned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(RESULTS, "measure", measured)


def open_timing(bench: Bench, name: str = "resnet18") -> AppTest:
    app = bench.open(preset=name)
    app.session_state["left.tables"] = "Timing"
    app.run()
    assert not app.exception
    return app


def captions(app: AppTest) -> str:
    return " ".join(each.value for each in app.main.caption)


def measures_again(app: AppTest) -> bool:
    """The button for another measurement stands back behind what was measured."""
    return app.button(key="timing.measure").proto.type == "secondary"


def test_nothing_is_measured_until_it_is_asked_for(bench: Bench, job_manager: FakeJobManager) -> None:
    app = open_timing(bench)
    assert NOTHING_YET in captions(app)
    assert job_manager.requests == []
    assert not measures_again(app)


def test_a_click_measures_the_network_with_the_chosen_settings(bench: Bench, job_manager: FakeJobManager) -> None:
    app = open_timing(bench)
    app.selectbox(key="measure.batch").set_value("16").run()
    app.selectbox(key="measure.device").set_value("cpu").run()
    app.selectbox(key="measure.precision").set_value("bf16").run()
    app.button(key="timing.measure").click().run()
    assert not app.exception
    (request,) = job_manager.requests
    assert request.networks[0].spec == preset("resnet18")
    chosen = {name: request.parameters[name] for name in ("batch", "device", "precision", "threads", "seconds")}
    assert chosen == {"batch": 16, "device": "cpu", "precision": "bf16", "threads": 1, "seconds": 4}

    passes, blocks = app.dataframe[0].value, app.dataframe[1].value
    ops = sum(
        1 if placed.path else len(placed.block.nodes) for _, placed in assemble(preset("resnet18")).placed_blocks()
    )
    assert list(passes["median_ms"]) == pytest.approx([1e3 * ops * SECONDS, 3e3 * ops * SECONDS])
    assert list(passes["images_per_s"]) == pytest.approx([16 / (ops * SECONDS), 16 / (3 * ops * SECONDS)])
    assert list(passes["repeats"]) == [9, 9]
    rate = 16 * assemble(preset("resnet18")).cost.macs / (ops * SECONDS) / 1e9
    assert passes["gmacs_per_s"].iloc[0] == pytest.approx(rate)
    for name in ("ms", "time_share", "macs_share"):
        assert blocks[name].iloc[:-1].sum() == pytest.approx(blocks[name].iloc[-1]), name
    metrics = {metric.label: metric.delta for metric in app.metric}
    assert metrics["Forward"] == f"{16 / (ops * SECONDS):,.4g} {PASS_COLUMNS['images_per_s']}"
    said = conditions(measured(request))
    assert any(said in each.value for each in app.main.markdown)
    assert "bf16" in said
    assert numbers(said)[:2] == ["1", "16"], "threads and batch"
    assert measures_again(app)


def test_what_was_measured_is_kept_by_network_whatever_the_settings(bench: Bench, job_manager: FakeJobManager) -> None:
    app = open_timing(bench)
    app.button(key="timing.measure").click().run()
    found = newest_measurement(preset("resnet18"), job_manager.folder)
    assert found is not None
    assert {each.block for each in found.networks[0].blocks} >= {"stem", "layer1.0", "layer4.1", "head"}
    assert newest_measurement(preset("resnet34"), job_manager.folder) is None
    app.selectbox(key="measure.batch").set_value("2").run()
    assert not app.exception
    assert NOTHING_YET in captions(app)


def test_measuring_again_asks_again(bench: Bench, job_manager: FakeJobManager) -> None:
    app = open_timing(bench)
    app.button(key="timing.measure").click().run()
    app.button(key="timing.measure").click().run()
    assert len(job_manager.requests) == 2
    assert not app.exception


def test_progress_is_shown_with_what_is_known_and_can_be_cancelled(bench: Bench, job_manager: FakeJobManager) -> None:
    job_manager.respond = lambda request: Progress(40, 100, STEP, measured(request))
    app = open_timing(bench)
    app.button(key="timing.measure").click().run()
    assert not app.exception
    assert app.get("progress")[0].proto.text.startswith(STEP)
    assert len(app.dataframe) == 2
    app.button(key="timing.cancel").click().run()
    assert job_manager.runs[0].cancelled
    assert [said.value for said in app.main.info] == [CANCELLED]
    assert not measures_again(app)


def test_a_refusal_is_a_sentence(bench: Bench, job_manager: FakeJobManager) -> None:
    refusal = Refusal("this machine has no cuda device", "device")
    job_manager.respond = lambda request: refusal
    app = open_timing(bench)
    app.button(key="timing.measure").click().run()
    assert [said.value for said in app.main.error] == [refusal.message]
    assert not app.dataframe


def test_a_batch_that_does_not_fit_is_refused_before_anything_starts(
    bench: Bench, job_manager: FakeJobManager, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("explorer.experiments.request.memory_bytes", lambda: 2**30)
    app = open_timing(bench, "resnet152")
    app.selectbox(key="measure.batch").set_value("256").run()
    assert "GiB" in app.main.error[0].value
    assert not [button for button in app.button if button.key == "timing.measure"]


def test_a_network_that_cannot_be_built_has_nothing_to_measure(bench: Bench, job_manager: FakeJobManager) -> None:
    app = bench.open(stage_widths="512-256-128-64", shortcut="pad")
    app.session_state["left.tables"] = "Timing"
    app.run()
    assert not app.exception
    assert [said.value for said in app.main.info] == [NOTHING_TO_SHOW]
