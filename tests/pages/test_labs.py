"""What all labs share: questions, experiments, kept results, URLs, and messages on failures."""

from urllib.parse import urlencode

import pytest
from streamlit.testing.v1 import AppTest

from explorer.experiments import Progress, Refusal
from explorer.model import preset
from explorer.model.link import to_link
from explorer.ui.labs import signal
from explorer.ui.labs.registry import LABS
from explorer.ui.labs.shared.experiment import ANSWER_FIRST
from explorer.ui.labs.shared.lab import SOURCE
from explorer.ui.measuring.progress import CANCELLED, NOT_YOURS
from tests.pages.conftest import Bench
from tests.pages.lab_fakes import FakeJobManager, job_manager

__all__ = ["job_manager"]


def open_part(bench: Bench, lab: str, part: str, **query: str) -> AppTest:
    app = bench.open("labs", lab=lab, part=part, **query)
    assert not app.exception
    return app


def press(app: AppTest, key: str) -> AppTest:
    app.button(key=key).click().run()
    assert not app.exception
    return app


def run_part(app: AppTest, name: str, question: str) -> AppTest:
    """The page after the question is skipped and the experiment has run."""
    press(app, f"predict.{question}.skip")
    return press(app, f"{name}.run")


def charts(app: AppTest) -> list[str]:
    return [chart.proto.spec for chart in app.get("plotly_chart")]


PARTS = [(lab.name, part.name) for lab in LABS.values() for part in lab.parts]


@pytest.mark.parametrize(("lab", "part"), PARTS)
def test_every_part_opens_without_computing(bench: Bench, job_manager: FakeJobManager, lab: str, part: str) -> None:
    app = open_part(bench, lab, part)
    assert job_manager.requests == []
    assert not app.error
    assert not app.warning
    assert app.query_params["lab"] in (lab, [lab])


def test_no_result_before_an_answer_and_the_answer_is_marked(bench: Bench, job_manager: FakeJobManager) -> None:
    app = press(open_part(bench, "signal", "blocks"), "signal.run")
    assert charts(app) == []
    assert app.info[0].value == ANSWER_FIRST
    assert app.button(key="predict.signal.commit").disabled
    app.radio(key="predict.signal.choice").set_value(0).run()
    press(app, "predict.signal.commit")
    shown = " ".join(each.value for each in app.markdown)
    question = signal.plain_question(56)
    assert f"Your answer: {question.options[0]}" in shown
    assert question.why_not[question.options[0]] in shown
    assert f"**{question.options[question.right]}**" in shown
    assert len(charts(app)) == 1


def test_a_right_answer_is_confirmed(bench: Bench, job_manager: FakeJobManager) -> None:
    app = open_part(bench, "signal", "blocks")
    app.radio(key="predict.signal.choice").set_value(2).run()
    press(app, "predict.signal.commit")
    assert any("check_circle" in each.value for each in app.markdown)
    assert not any("lightbulb" in each.value for each in app.markdown)


def test_a_kept_result_is_shown_without_a_computation(bench: Bench, job_manager: FakeJobManager) -> None:
    run_part(open_part(bench, "signal", "blocks", depth="20"), "signal", "signal")
    assert len(job_manager.requests) == 1
    job_manager.forget_jobs()
    again = press(open_part(bench, "signal", "blocks", depth="20"), "predict.signal.skip")
    assert len(job_manager.requests) == 1
    assert len(charts(again)) == 1
    assert "kept" in " ".join(each.value for each in again.caption)


def test_the_url_holds_values_that_are_not_the_default(bench: Bench, job_manager: FakeJobManager) -> None:
    app = open_part(bench, "signal", "blocks", depth="20", networks="plain,preact")
    assert app.select_slider(key="labs.signal.depth").value == 20
    query = {name: value[0] if isinstance(value, list) else value for name, value in app.query_params.items()}
    assert query == {"lab": "signal", "part": "blocks", "depth": "20", "networks": "plain,preact"}
    app.select_slider(key="labs.signal.depth").set_value(56).run()
    assert "depth" not in app.query_params


def test_a_bad_url_gives_messages_and_default_values(bench: Bench, job_manager: FakeJobManager) -> None:
    app = open_part(bench, "signal", "blocks", depth="21", norm="loud", net="1~resnet50~zz")
    warnings = [each.value for each in app.warning]
    for label in ("Layers", "Normalisation", "Network"):
        assert any(f"“{label}”" in each for each in warnings)
    assert len(warnings) == 3
    assert app.select_slider(key="labs.signal.depth").value == 56
    assert app.segmented_control(key=SOURCE).value == "small"
    unknown = bench.open("labs", lab="gravity").warning[0].value
    assert "'gravity'" in unknown
    assert next(iter(LABS)) in unknown, "the way out"


def test_a_value_that_the_part_does_not_offer_is_replaced(bench: Bench, job_manager: FakeJobManager) -> None:
    app = open_part(bench, "inside", "maps", block="layer9.9", image="999")
    assert ["Test image" in app.warning[0].value, "Block" in app.warning[1].value] == [True, True]
    assert app.select_slider(key="labs.inside.image").value == 0
    assert {"block", "image"} & set(app.query_params) == set()
    app = open_part(bench, "signal", "blocks", depth="8")
    app.segmented_control(key="labs.signal.part").set_value("factor").run()
    assert not app.exception
    assert app.select_slider(key="labs.signal.depth").value == 56


def test_the_visitors_network_is_computed(bench: Bench, job_manager: FakeJobManager) -> None:
    spec = preset("cifar_resnet32")
    app = open_part(bench, "signal", "blocks", net=to_link(spec))
    run_part(app, "signal", "signal")
    plain, residual = (each.spec for each in job_manager.requests[0].networks)
    assert residual == spec
    assert (plain.shortcut, plain.stage_blocks) == ("none", spec.stage_blocks)
    assert "cifar_resnet32" in urlencode(app.query_params, doseq=True)


def test_a_failure_shows_its_reason_and_leaves_the_rest(bench: Bench, job_manager: FakeJobManager) -> None:
    refusal = Refusal("The computation ended with exit code 3.")
    job_manager.respond = lambda request: refusal
    # Depths of which no result is stored.
    app = run_part(open_part(bench, "degradation", "sweep", depths="2,4"), "sweep", "sweep")
    assert refusal.message in app.error[0].value
    assert len(charts(app)) == 1, "the paper's figure"
    job_manager.respond = job_manager.result
    press(app, "sweep.run")
    assert not app.error
    assert len(charts(app)) == 2


def test_only_the_owner_of_a_running_experiment_can_cancel_it(bench: Bench, job_manager: FakeJobManager) -> None:
    job_manager.respond = lambda request: Progress(1, 4, "Training plain")
    app = run_part(open_part(bench, "signal", "blocks"), "signal", "signal")
    assert job_manager.runs[0].cancelled is False
    other = open_part(bench, "signal", "blocks")
    assert not [each for each in other.button if each.key == "signal.cancel"]
    assert any(each.value == NOT_YOURS for each in other.caption)
    press(app, "signal.cancel")
    assert job_manager.runs[0].cancelled is True
    assert any(each.value == CANCELLED for each in app.info)


def test_a_second_visitor_of_a_running_experiment_starts_nothing(bench: Bench, job_manager: FakeJobManager) -> None:
    job_manager.respond = lambda request: Progress(1, 4, "Training plain")
    run_part(open_part(bench, "signal", "blocks"), "signal", "signal")
    other = open_part(bench, "signal", "blocks")
    assert len(job_manager.requests) == 1
    assert not [each for each in other.button if each.key == "signal.run"]


def test_too_many_jobs_give_a_message(
    bench: Bench, job_manager: FakeJobManager, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("explorer.ui.measuring.jobs.MOST_AT_WORK", 0)
    app = press(open_part(bench, "signal", "blocks"), "signal.run")
    assert "Too many" in app.error[0].value
    assert job_manager.requests == []


def test_build_passes_its_network_to_the_labs(bench: Bench, job_manager: FakeJobManager) -> None:
    app = bench.open("build", preset="cifar_resnet32")
    app.button(key="labs").click().run()
    assert not app.exception
    press(app, "signal.run")
    assert job_manager.requests[0].networks[1].spec == preset("cifar_resnet32")
