"""Lab 9: the tensors on the page are those of the result, their sum adds up, and a chosen block stays chosen."""

import base64
import json

import numpy as np
import pytest

from explorer.experiments import Answer, ExperimentRequest, Refusal, Subject, small_network
from explorer.experiments.catalogue.look_inside import BlockView, FeatureMaps, LookInsideNetwork, LookInsideResult
from explorer.ui.labs import inside
from explorer.ui.labs.shared.experiment import result_table
from tests.pages.conftest import Bench
from tests.pages.lab_fakes import FakeJobManager, job_manager, training

__all__ = ["job_manager"]


def maps(name: str, value: int, channels: int = 2) -> FeatureMaps:
    """2 x 3 pixels a channel, all of them `value`, 255 values to 2.55."""
    pixels = base64.b64encode(bytes([value] * 6 * channels)).decode()
    return FeatureMaps(name, tuple(range(channels)), 8, 2, 3, 0.0, 2.55, 1.0, value / 100, pixels)


def answer(request: ExperimentRequest) -> Answer:
    """Every block adds 100 to 50."""
    tensors = (maps("x", 50), maps("F(x)", 100), maps("h(x)", 50), maps("F(x) + h(x)", 150), maps("output", 150))
    views = tuple(BlockView(path, "identity", tensors) for path in inside.block_paths(request.networks[0].spec))
    network = LookInsideNetwork("network", (0.1, 0.9), views, training("network", 0.1))
    return Answer(LookInsideResult(0, "seven", ("one", "seven"), maps("image", 200, 1), (network,)), 3.0)


def shown_chart(app: object, place: int) -> list[dict[str, object]]:
    return json.loads(app.get("plotly_chart")[place].proto.spec)["data"]  # type: ignore[attr-defined]


@pytest.fixture
def opened_lab(bench: Bench, job_manager: FakeJobManager):  # type: ignore[no-untyped-def]
    job_manager.respond = answer
    app = bench.open("labs", lab="inside", block="layer2.1", image="7")
    app.button(key="predict.inside.skip").click().run()
    app.button(key="inside.run").click().run()
    assert not app.exception
    return app


def test_rows_are_the_blocks_tensors_and_the_fourth_is_the_sum_of_two(opened_lab, job_manager: FakeJobManager) -> None:  # type: ignore[no-untyped-def]
    assert job_manager.requests[0].parameters["image"] == 7
    assert job_manager.requests[0].parameters["block"] == ""
    assert len(shown_chart(opened_lab, 1)) == 5
    answered = answer(job_manager.requests[0]).result
    _, branch, shortcut, total, _ = answered.networks[0].blocks[0].tensors
    assert np.allclose(inside.tiles(branch) + inside.tiles(shortcut), inside.tiles(total), equal_nan=True)
    assert any(f"seven (90%, {inside.MARKS[True]})" in each.value for each in opened_lab.markdown)
    assert any(each.value.startswith("layer2.1, ") and "identity" in each.value for each in opened_lab.caption)


def test_another_block_is_shown_without_computing_again(opened_lab, job_manager: FakeJobManager) -> None:  # type: ignore[no-untyped-def]
    opened_lab.selectbox(key="labs.inside.block").set_value("layer3.2").run()
    assert not opened_lab.exception
    assert len(job_manager.requests) == 1
    assert any(each.value.startswith("layer3.2, ") for each in opened_lab.caption)
    assert opened_lab.query_params["block"] in ("layer3.2", ["layer3.2"])


def test_a_block_that_a_smaller_network_lacks_is_replaced(opened_lab) -> None:  # type: ignore[no-untyped-def]
    opened_lab.select_slider(key="labs.inside.depth").set_value(8).run()
    assert not opened_lab.exception
    assert opened_lab.selectbox(key="labs.inside.block").value == "layer1.0"


def test_channels_are_side_by_side_with_a_gap() -> None:
    found = inside.tiles(maps("x", 100, channels=3))
    assert found.shape == (2, 3 * 4 - 1)
    assert np.isnan(found[:, 3]).all()
    assert np.isnan(found[:, 7]).all()
    assert np.nanmax(found) == pytest.approx(1.0)


def test_the_file_holds_every_value_and_place(job_manager: FakeJobManager) -> None:
    request = ExperimentRequest("look_inside", (Subject("network", small_network(8)),))
    table = result_table(answer(request).result)
    assert len(table) == 3 * 5 * 2 * 6
    assert set(table["value"].round(6)) == {0.5, 1.0, 1.5}


def test_a_refusal_is_shown_and_the_picture_of_the_network_stays(bench: Bench, job_manager: FakeJobManager) -> None:
    refusal = Refusal("8 blocks are too much at once; name one", "block")
    job_manager.respond = lambda request: refusal
    app = bench.open("labs", lab="inside")
    app.button(key="inside.run").click().run()
    assert not app.exception
    assert [each.value for each in app.error] == [refusal.message]
    assert app.selectbox(key="labs.inside.block").value == "layer1.0"


def test_larger_images_are_asked_for_and_the_drawing_is_fitted_to_them(
    bench: Bench, job_manager: FakeJobManager
) -> None:
    asked: list[ExperimentRequest] = []

    def respond(request: ExperimentRequest) -> Answer:
        asked.append(request)
        return answer(request)

    job_manager.respond = respond
    app = bench.open("labs", lab="inside", data="shapes_easy", weights="0")
    assert not app.exception
    app.button(key="inside.run").click().run()
    assert not app.exception
    assert asked[0].training.dataset == "shapes_easy"
    assert not asked[0].parameters["trained"]
