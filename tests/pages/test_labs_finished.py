"""Finished runs in the labs: offered to their owner, used without training, and their results kept with them."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest
from streamlit.testing.v1 import AppTest

from explorer.experiments import Answer, ExperimentRequest, Subject, small_network
from explorer.experiments.catalogue.gradient_paths import PathNetwork, PathResult
from explorer.experiments.catalogue.landscape import LandscapeNetwork, LandscapeResult
from explorer.experiments.catalogue.lesion import LesionResult
from explorer.experiments.catalogue.look_inside import LookInsideResult
from explorer.model import preset
from explorer.runs.events import Finished, Started
from explorer.runs.records import NamedNetwork, TrainingComparison
from explorer.runs.settings import TrainingSettings
from explorer.ui.common.visitor import KEY
from explorer.ui.labs.shared import finished_runs
from tests.pages.conftest import ROOT, Bench
from tests.pages.lab_fakes import FakeJobManager, job_manager, signal, training
from tests.pages.test_labs import press
from tests.pages.test_labs_evaluate import answer as evaluated
from tests.pages.test_labs_inside import answer as views
from tests.pages.test_labs_lesion import damaged
from tests.texts import numbers

__all__ = ["job_manager"]
ME, OTHER = "a" * 32, "b" * 32


PAIR = ("cifar_plain20", "cifar_resnet20")


def comparison(bench: Bench, owner: str = ME, names: tuple[str, ...] = PAIR, **settings: object) -> TrainingComparison:
    """A training comparison of which the first two networks have finished: the longest, and of equal ones the first."""
    while bench.store.work.claim("here:1:aa", "tests"):
        """Claims what an earlier comparison has left, so that this one's runs come next."""
    named_networks = [NamedNetwork(name, preset(name)) for name in names]
    trained = TrainingSettings(**settings)  # type: ignore[arg-type]
    made = bench.store.create_comparison(
        named_networks, trained, owner=owner, name="A training comparison", pool="tests"
    )
    for _ in names[:2]:
        run = bench.store.work.claim("here:1:aa", "tests")
        assert run is not None
        started = Started(0, "cpu", "a processor", "fp32", 200, 64, 1, 1437, 360)
        bench.store.work.report(run.id, "here:1:aa", [started, Finished(200, 0.1, 5.0, 3.0, 0.1, 1.0, 2000.0)])
    found = bench.store.comparison(made.id)
    assert found is not None
    return found


def open_lab(bench: Bench, owner: str = ME, **query: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "explorer" / "app.py"), default_timeout=60)
    app.session_state[KEY] = owner
    for name, value in query.items():
        app.query_params[name] = value
    app.switch_page("../pages/labs.py")
    app.run()
    assert not app.exception
    return app


def ids(found: TrainingComparison) -> str:
    return ",".join(run.id for run in found.runs)


def result_of(request: ExperimentRequest) -> Answer:
    """A result to draw for every experiment on finished runs."""
    labels = [each.label for each in request.networks]
    rows = ((2.0, 1.0, 2.0),) * 3
    ends = (-1.0, 0.0, 1.0)
    landscapes = [LandscapeNetwork(each, ends, ends, rows, training(each, 0.1)) for each in labels]
    made = {
        "signal_and_gradient": lambda: signal(request),
        "lesion": lambda: LesionResult(tuple(damaged(each, 5.0) for each in labels)),
        "gradient_paths": lambda: PathResult(tuple(PathNetwork(each, 0, (), training(each, 0.1)) for each in labels)),
        "landscape": lambda: LandscapeResult("random", 256, tuple(landscapes)),
        "look_inside": lambda: views(request).result,
        "evaluate": lambda: evaluated(request).result,
    }
    found = made[request.experiment]()
    assert not isinstance(found, LookInsideResult) or len(labels) == 1
    return Answer(found, 3.0)


def test_a_visitor_is_offered_only_own_finished_runs(bench: Bench, job_manager: FakeJobManager) -> None:
    mine = comparison(bench, names=(*PAIR, "cifar_resnet20"))
    comparison(bench, OTHER)
    app = open_lab(bench, lab="lesion")
    app.segmented_control(key="labs.source").set_value("run").run()
    offered = app.multiselect(key="labs.runs.4")
    assert [name.split(",")[0] for name in offered.options] == list(PAIR)
    assert offered.value == [mine.runs[0].id]
    assert not [each for each in app.select_slider if each.key in ("labs.lesion.depth", "labs.lesion.seeds")]


def test_without_finished_runs_a_message_leads_to_train(bench: Bench, job_manager: FakeJobManager) -> None:
    app = open_lab(bench, lab="landscape")
    app.segmented_control(key="labs.source").set_value("run").run()
    assert [each.value for each in app.info] == [finished_runs.NO_RUN]
    assert not [each for each in app.button if each.key == "landscape.run"]


def test_a_link_opens_the_run_of_another_visitor_and_no_other(bench: Bench, job_manager: FakeJobManager) -> None:
    theirs, another = comparison(bench, OTHER), comparison(bench, OTHER)
    app = open_lab(bench, lab="lesion", runs=theirs.runs[1].id)
    assert app.multiselect(key="labs.runs.4").value == [theirs.runs[1].id]
    assert len(app.multiselect(key="labs.runs.4").options) == 1
    bench.store.delete([another.runs[0].id])
    gone = open_lab(bench, lab="lesion", runs=another.runs[0].id)
    assert [each.value for each in gone.info] == [finished_runs.NO_RUN]


@pytest.mark.parametrize(
    ("lab", "part", "name", "question", "most"),
    [
        ("signal", "blocks", "signal", "", 2),
        ("lesion", "damage", "lesion", "lesion", 2),
        ("lesion", "paths", "paths", "paths", 2),
        ("landscape", "slices", "landscape", "landscape", 2),
        ("inside", "maps", "inside", "inside", 1),
        ("inside", "evaluate", "evaluate", "", 1),
    ],
)
def test_the_result_of_an_experiment_on_runs_is_kept_with_them(
    bench: Bench, job_manager: FakeJobManager, lab: str, part: str, name: str, question: str, most: int
) -> None:
    job_manager.respond = result_of
    over = comparison(bench, dataset="gratings", augmentation="crop", steps=200, device="cuda")
    query = {"lab": lab, "part": part, "runs": ids(over)}
    app = open_lab(bench, **query)
    if question:
        press(app, f"predict.{question}.skip")
    press(app, f"{name}.run")
    (request,) = job_manager.requests
    assert [each.run for each in request.networks] == [run.id for run in over.runs[:most]]
    assert [each.spec for each in request.networks] == [run.spec for run in over.runs[:most]]
    training = request.training
    assert (training.dataset, training.augmentation, training.device) == ("gratings", "none", "auto")
    table = next(each.value for each in app.dataframe if "Experiment" in each.value.columns)
    address = urlsplit(table["Open"][0])
    assert address.path == "/labs"
    # The address opens the very result, without another computation.
    job_manager.forget_jobs()
    again = open_lab(bench, **{key: value[0] for key, value in parse_qs(address.query).items()})
    assert f"predict.{question}.skip" not in [each.key for each in again.button], "an answer is kept"
    assert any("Computed here" in each.value for each in again.caption)
    assert len(job_manager.requests) == 1
    assert parse_qs(address.query)["runs"] == [",".join(each.run for each in request.networks)]


def test_runs_on_different_images_give_a_message(bench: Bench, job_manager: FakeJobManager) -> None:
    one, other = comparison(bench), comparison(bench, dataset="gratings")
    app = open_lab(bench, lab="lesion", runs=f"{one.runs[0].id},{other.runs[1].id}")
    assert "different images" in app.error[0].value
    assert not [each for each in app.button if each.key == "lesion.run"]


def test_runs_of_the_same_name_get_different_labels(bench: Bench) -> None:
    one, other = comparison(bench, seed=1), comparison(bench, seed=2)
    labels = [each.label for each in finished_runs.subjects([one.runs[0], other.runs[0]])]
    assert [label.split(",")[0] for label in labels] == ["cifar_plain20"] * 2
    assert [numbers(label) for label in labels] == [["1"], ["2"]], "seeds"


def test_the_runs_page_leads_to_the_labs(bench: Bench, job_manager: FakeJobManager) -> None:
    over = comparison(bench)
    app = AppTest.from_file(str(ROOT / "explorer" / "app.py"), default_timeout=60)
    app.session_state[KEY] = ME
    app.switch_page("../pages/runs.py")
    app.run()
    press(app, "runs.labs.landscape.slices")
    assert app.multiselect(key="labs.runs.2").value == [run.id for run in over.runs]


def test_the_download_of_kept_results_holds_request_and_answer(job_manager: FakeJobManager) -> None:
    subjects = (Subject("a", small_network(8), run="r1"),)
    request = ExperimentRequest("lesion", subjects, parameters={"draws": 3})
    job_manager.manager.kept.put(request, result_of(request))
    (kept,) = job_manager.manager.kept.of_run("r1")
    asked, answered = kept.lines().splitlines()
    assert ExperimentRequest.from_json(asked) == request
    assert json.loads(answered)["result"]["kind"] == "lesion"
    assert finished_runs.result_address(request) == {"lab": "lesion", "part": "damage", "draws": "3", "runs": "r1"}
