"""Lab 7: the request, the pictures, and the numbers of the text against arithmetic."""

import json
from math import comb, nan

import pytest

from explorer.analysis.path_lengths import path_lengths
from explorer.experiments import Answer, ExperimentRequest, Refusal, small_network
from explorer.experiments.catalogue.gradient_paths import PathLength, PathNetwork, PathResult
from explorer.experiments.catalogue.lesion import Dropped, LesionNetwork, LesionResult, Several, Shuffled
from explorer.experiments.claims.lesion import with_plain_twin
from explorer.model import assemble, preset
from explorer.ui.labs import lesion
from explorer.ui.labs import path_lengths as lengths
from explorer.ui.labs.shared import text
from explorer.ui.labs.shared.experiment import result_table
from tests.pages.conftest import Bench
from tests.pages.lab_fakes import FakeJobManager, job_manager, training
from tests.texts import numbers

__all__ = ["job_manager"]


def damaged(label: str, error: float) -> LesionNetwork:
    dropped = (Dropped("layer1.0", "identity", error), Dropped("layer2.0", "none", nan, "does not fit"))
    several = (Several(1, (error, error + 2)), Several(2, (error + 10,)))
    return LesionNetwork(label, 2.0, dropped, several, (Shuffled(1, 0.9, error),), training(label, 0.1))


def answer(request: ExperimentRequest) -> Answer:
    """Plain networks fall to 80 % error, others to 5 %; gradient of 1 / 16 to the power of the length, of 8 blocks."""
    if request.experiment == "lesion":
        found = [damaged(each.label, 80.0 if each.spec.shortcut == "none" else 5.0) for each in request.networks]
        return Answer(LesionResult(tuple(found)), 3.0)
    return Answer(PathResult((paths_of(8, 1 / 16),)), 3.0)


def paths_of(blocks: int, fade: float) -> PathNetwork:
    weights = [comb(blocks, length) * fade**length for length in range(blocks + 1)]
    found = [
        PathLength(length, comb(blocks, length), fade**length, 0.0, 1.0, weight / sum(weights))
        for length, weight in enumerate(weights)
    ]
    return PathNetwork("network", blocks, tuple(found), training("network", 0.1))


def test_a_network_is_damaged_beside_its_plain_twin_and_a_plain_one_alone() -> None:
    plain, residual = with_plain_twin(small_network(20))
    assert (plain.label, plain.spec.shortcut) == ("plain", "none")
    assert residual.spec == small_network(20)
    assert [each.label for each in with_plain_twin(small_network(20, plain=True))] == ["network"]


@pytest.mark.parametrize(("damage", "points"), [("one", [80.0, None]), ("several", [81.0, 90.0]), ("swaps", [80.0])])
def test_each_damage_is_drawn_from_one_computation(
    bench: Bench, job_manager: FakeJobManager, damage: str, points: list[float | None]
) -> None:
    job_manager.respond = answer
    app = bench.open("labs", lab="lesion", damage=damage, draws="3")
    app.button(key="predict.lesion.skip").click().run()
    app.button(key="lesion.run").click().run()
    assert not app.exception
    (asked,) = job_manager.requests
    assert asked.parameters["draws"] == 3
    chart = json.loads(app.get("plotly_chart")[0].proto.spec)
    drawn = next(each for each in chart["data"] if each["name"] == "plain" and "lines" in each["mode"])
    assert list(drawn["y"]) == points
    assert "dash" in drawn["line"]["dash"]
    assert list(app.dataframe[0].value[lesion.ONE_REMOVED]) == ["80.0", "5.0"]
    assert [numbers(each) for each in app.dataframe[0].value[lesion.REMOVABLE]] == [["1", "2"]] * 2


def test_the_file_holds_every_damage() -> None:
    table = result_table(LesionResult((damaged("plain", 80.0),)))
    assert list(table["damage"]) == ["none", "drop", "drop", "drop several", "drop several", "drop several", "swap"]
    assert list(table["test_error"][:2]) == [2.0, 80.0]


def test_paths_are_drawn_with_a_sentence(bench: Bench, job_manager: FakeJobManager) -> None:
    job_manager.respond = answer
    app = bench.open("labs", lab="lesion", part="paths", weights="0")
    app.button(key="predict.paths.skip").click().run()
    app.button(key="paths.run").click().run()
    assert not app.exception
    assert job_manager.requests[0].parameters["trained"] is False
    assert len(json.loads(app.get("plotly_chart")[0].proto.spec)["data"]) == 3
    assert any(lengths.path_sentence(paths_of(8, 1 / 16)) in each.value for each in app.markdown)
    assert list(result_table(PathResult((paths_of(8, 0.5),)))["paths"]) == [comb(8, k) for k in range(9)]


def test_the_lengths_that_carry_the_gradient_are_the_fewest_around_the_peak() -> None:
    low, high, part = lengths.lengths_that_carry(paths_of(8, 1 / 16))
    assert (low, high) == (0, 2)
    assert part == (1 + 8 + 28) / 2**8
    assert lengths.lengths_that_carry(paths_of(8, 1.0))[:2] == (2, 7)


def test_a_network_without_shortcuts_has_no_lengths_but_a_message(bench: Bench, job_manager: FakeJobManager) -> None:
    job_manager.respond = lambda request: Answer(PathResult((PathNetwork("network", 0, (), training("n", 1.0)),)), 1.0)
    app = bench.open("labs", lab="lesion", part="paths", net="cifar_plain20")
    app.button(key="predict.paths.skip").click().run()
    app.button(key="paths.run").click().run()
    assert not app.exception
    assert [each.value for each in app.info] == [lengths.SINGLE_PATH]


def test_a_refusal_is_shown_and_the_text_on_the_paper_stays(bench: Bench, job_manager: FakeJobManager) -> None:
    refusal = Refusal("The computation was killed.")
    job_manager.respond = lambda request: refusal
    app = bench.open("labs", lab="lesion")
    app.button(key="lesion.run").click().run()
    assert not app.exception
    assert [each.value for each in app.error] == [refusal.message]
    assert any("Veit et al. 2016" in each.value for each in app.markdown)


def test_the_papers_numbers_of_paths_are_those_of_its_network() -> None:
    counts = path_lengths(assemble(preset("cifar_resnet110")))
    assert len(counts) == 55
    assert sum(counts) == 2**54
    said = {name: numbers(text.section("lesion", name)) for name in ("paths", "paths_paper")}
    assert {"95", "19", "35"} <= set(said["paths"])
    assert sum(counts[19:36]) / 2**54 > 0.95
    assert f"{100 * sum(counts[5:18]) / 2**54:.2f}" in said["paths_paper"]
