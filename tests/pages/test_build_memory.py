"""Build's Memory: the prediction for every choice, and the measured peak beside it."""

import pytest
from streamlit.testing.v1 import AppTest

from explorer.analysis.memory import measure_memory
from explorer.model import assemble, preset
from explorer.ui.build.memory import AUTOCAST, NOT_PREDICTED, WHOLE_PASS, WHOLE_STEP, deviation_text
from tests.pages.conftest import Bench
from tests.pages.lab_fakes import RESULTS, FakeJobManager, job_manager
from tests.pages.measure_fakes import METHOD, PEAK, measured
from tests.texts import numbers

__all__ = ["job_manager"]
GRAPH = assemble(preset("resnet50"))


@pytest.fixture(autouse=True)
def reckoned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(RESULTS, "measure", measured)


def open_memory(bench: Bench) -> AppTest:
    app = bench.open()
    app.session_state["left.tables"] = "Memory"
    app.run()
    assert not app.exception
    return app


def rows(app: AppTest, column: str) -> dict[str, object]:
    table = app.dataframe[0].value
    return dict(zip(table["part"], table[column], strict=True))


@pytest.mark.parametrize(
    ("batch", "precision", "optimiser"), [("1", "fp32", "momentum"), ("32", "fp32", "adam"), ("8", "bf16", "sgd")]
)
def test_the_prediction_is_the_arithmetic_and_its_parts_sum(
    bench: Bench, job_manager: FakeJobManager, batch: str, precision: str, optimiser: str
) -> None:
    app = open_memory(bench)
    app.selectbox(key="measure.batch").set_value(batch)
    app.selectbox(key="measure.precision").set_value(precision)
    app.selectbox(key="measure.optimiser").set_value(optimiser).run()
    assert not app.exception
    expected = measure_memory(GRAPH, int(batch), precision=precision, optimizer=optimiser)
    predicted = rows(app, "predicted")
    assert predicted["saved activations"] == expected.saved_activations
    assert predicted[WHOLE_STEP] == expected.training
    *parts, whole = list(predicted.values())[:-2]
    assert sum(parts) == whole  # type: ignore[arg-type]
    assert predicted[WHOLE_PASS] == expected.inference
    copies = {"sgd": 0, "momentum": 1, "adam": 2}[optimiser]
    (state,) = [value for name, value in predicted.items() if name.startswith("optimiser")]
    assert state == copies * 4 * GRAPH.cost.params
    assert app.dataframe[0].value["measured"].isna().all()
    assert job_manager.requests == []
    assert any(AUTOCAST in said.value for said in app.main.caption) == (precision == "bf16")


def test_the_measured_peak_stands_beside_the_prediction_with_the_deviation(
    bench: Bench, job_manager: FakeJobManager
) -> None:
    app = open_memory(bench)
    app.selectbox(key="measure.batch").set_value("8").run()
    app.button(key="memory.measure").click().run()
    assert not app.exception
    (request,) = job_manager.requests
    assert (request.parameters["batch"], request.parameters["optimiser"]) == (8, "momentum")
    expected = measure_memory(GRAPH, 8)
    deviation = 100 * (PEAK / expected.training - 1)
    assert rows(app, "measured")[WHOLE_STEP] == PEAK
    assert rows(app, "deviation")[WHOLE_STEP] == pytest.approx(deviation)
    assert rows(app, "measured")["saved activations"] == expected.saved_activations
    assert rows(app, "deviation")["saved activations"] == 0
    metrics = {metric.label: metric.delta for metric in app.metric}
    assert metrics["To train"].endswith(deviation_text(PEAK, expected.training))
    assert numbers(metrics["To train"])[-1] == f"{abs(deviation):.1f}"
    assert metrics["To run"].endswith(deviation_text(1, 1))
    assert deviation_text(110, 100) != deviation_text(90, 100), "above and below"
    said = " ".join(each.value for each in app.main.caption)
    assert METHOD in said
    assert NOT_PREDICTED in said


def test_timing_and_memory_share_a_measurement(bench: Bench, job_manager: FakeJobManager) -> None:
    app = open_memory(bench)
    app.selectbox(key="measure.optimiser").set_value("adam").run()
    app.button(key="memory.measure").click().run()
    app.session_state["left.tables"] = "Timing"
    app.run()
    assert not app.exception
    assert app.button(key="timing.measure").proto.type == "secondary", "there is a result"
    assert len(job_manager.requests) == 1
    app.session_state["left.tables"] = "Memory"
    app.run()
    assert app.selectbox(key="measure.optimiser").value == "adam", "kept while another tab was open"
