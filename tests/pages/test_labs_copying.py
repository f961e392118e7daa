"""Lab 1, the parts on inserted layers and on learning to copy: requests, tables, and second questions."""

import json
from collections.abc import Callable

from explorer.experiments import Answer, ExperimentRequest, ExperimentResult
from explorer.experiments.catalogue.inserted_layers import INSERTED, DeeperNetwork, InsertedResult
from explorer.experiments.catalogue.learn_identity import IdentityFit, IdentityResult
from explorer.experiments.claims.copying import CONTESTANTS, RESIDUALS, SILENT
from explorer.ui.labs.inserting import seen_of_usual
from explorer.ui.labs.learning_to_copy import seen_of_four
from tests.pages.conftest import Bench
from tests.pages.lab_fakes import FakeJobManager, job_manager, training
from tests.pages.test_labs_results import frame_with

__all__ = ["job_manager"]


def deeper(request: ExperimentRequest) -> InsertedResult:
    errors = {"silent": 2.0, "usual": 70.0, "plain": 90.0}
    return InsertedResult(
        tuple(
            DeeperNetwork(kind, count, 6 * count + 8, 2.0, errors[kind], training("network", 0.1, seed))
            for seed in range(2)
            for count in request.parameters["counts"]
            for kind in INSERTED
        )
    )


def fits(_: ExperimentRequest | None = None, four: float = 0.3) -> IdentityResult:
    ends = dict.fromkeys(CONTESTANTS, 0.005) | {RESIDUALS: four, SILENT: 0.0}
    return IdentityResult(tuple(IdentityFit(label, 0, (0, 5, 10), (1.0, 0.5, end)) for label, end in ends.items()))


def respond(job_manager: FakeJobManager, result: Callable[[ExperimentRequest], ExperimentResult]) -> None:
    def answer(request: ExperimentRequest) -> Answer:
        job_manager.requests.append(request)
        return Answer(result(request), 2.0)

    job_manager.respond = answer


def test_layers_are_inserted_and_the_errors_stand_behind_the_prediction(
    bench: Bench, job_manager: FakeJobManager
) -> None:
    respond(job_manager, deeper)
    app = bench.open("labs", lab="degradation", part="insert", counts="1,3", seeds="2")
    app.button(key="insert.run").click().run()
    assert not app.exception
    assert not app.get("plotly_chart")
    request = job_manager.requests[0]
    assert (request.parameters["counts"], request.networks[0].spec.depth) == ((1, 3), 8)
    app.button(key="predict.insert.skip").click().run()
    curves = [each for each in json.loads(app.get("plotly_chart")[0].proto.spec)["data"] if each["mode"] != "lines"]
    assert [each["y"] for each in curves] == [[2, 2, 2], [2, 70, 70], [2, 90, 90]]
    rows = frame_with(app, "Inserted").set_index(["Inserted", "In each stage"])
    assert rows.loc[(INSERTED["plain"], 3), "Test error, %"].startswith("90.0")
    assert rows.loc[(INSERTED["plain"], 3), "Layers"] == 26


def test_the_relative_errors_stand_behind_the_prediction_with_both_claims(
    bench: Bench, job_manager: FakeJobManager
) -> None:
    respond(job_manager, fits)
    app = bench.open("labs", lab="degradation", part="learn", steps="50")
    app.button(key="learn.run").click().run()
    assert not app.exception
    assert not app.get("plotly_chart")
    request = job_manager.requests[0]
    assert [each.spec.stage_blocks[0] for each in request.networks] == [1, 1, 4, 4, 4]
    assert (request.training.steps, request.training.learning_rate) == (50, 0.1)
    app.button(key="predict.learn.skip").click().run()
    rows = frame_with(app, "Blocks").set_index("Blocks")
    assert rows.loc[RESIDUALS, "After 10 steps"] == "0.3"
    assert sum("Agrees with the paper?" in each.value for each in app.markdown) == 2


def test_second_questions_follow_the_result() -> None:
    rose = seen_of_usual(InsertedResult((DeeperNetwork("usual", 1, 14, 2.0, 70.0, training("a", 0.1)),)))
    same = seen_of_usual(InsertedResult((DeeperNetwork("usual", 1, 14, 2.0, 2.5, training("a", 0.1)),)))
    assert rose is not None
    assert same is not None
    assert rose.right != same.right
    far, near = seen_of_four(fits()), seen_of_four(fits(four=0.006))
    assert far is not None
    assert near is not None
    assert far.right != near.right
    assert seen_of_usual(InsertedResult(())) is None
    assert seen_of_four(IdentityResult(())) is None
