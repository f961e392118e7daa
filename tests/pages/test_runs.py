"""The Runs page on a store without workers: what is listed, chosen, drawn, renamed, deleted, run again."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from explorer.jobs.errors import StoreError
from explorer.jobs.paths import checkpoint_path
from explorer.jobs.weights_and_onnx import ExchangeError
from explorer.model import preset
from explorer.runs.events import Diverged
from explorer.runs.records import NamedNetwork, RunRecord, TrainingComparison
from explorer.runs.settings import TrainingSettings
from explorer.ui.common import services
from explorer.ui.common.setting_labels import setting_label
from explorer.ui.runs.page import MOST_OVERLAID, NO_MATCH
from tests.pages.conftest import Bench
from tests.pages.test_train import DONE, HALF, STARTED, chart, report
from tests.texts import numbers

ME = "0" * 32


@pytest.fixture(autouse=True)
def known_visitor(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test's own browser, so that its comparisons are there before the page is opened."""
    monkeypatch.setattr("explorer.ui.common.visitor.uuid", SimpleNamespace(uuid4=lambda: SimpleNamespace(hex=ME)))


def comparison_of(bench: Bench, *names: str, owner: str = ME, seed: int = 0, **settings: Any) -> TrainingComparison:
    named_networks = [NamedNetwork(name, preset(name)) for name in names]
    own = TrainingSettings(**{"steps": 200, "seed": seed, **settings})
    return bench.store.create_comparison(named_networks, own, owner=owner, name=f"race of {len(names)}")


def labels(app: AppTest) -> list[str]:
    return list(app.dataframe[0].value["network"])


def keys(app: AppTest) -> set[str | None]:
    return {button.key for button in app.button}


def test_without_a_run_the_page_says_what_will_be_here(bench: Bench) -> None:
    comparison_of(bench, "cifar_resnet20", owner="somebody")
    app = bench.open("runs")
    assert not app.exception
    assert not app.dataframe
    app.button(key="runs.start").click().run()
    assert not app.exception
    assert app.button(key="start")


def test_a_finished_and_a_diverged_run_are_listed_with_their_figures(bench: Bench) -> None:
    comparison = comparison_of(bench, "cifar_plain20", "cifar_resnet20", seed=7)
    diverged = Diverged(step=101, reason="The loss is no number.", seconds=4.0)
    report(bench, STARTED, HALF, DONE)
    report(bench, STARTED, diverged)
    app = bench.open("runs")
    assert not app.exception
    table = app.dataframe[0].value
    done = table.iloc[0]
    assert (done["state"], done["train_loss"], done["test_error"], done["seconds"]) == ("finished", 0.0123, 1.5, 8.0)
    assert (done["seed"], done["device"], done["steps"], done["dataset"]) == (7, "A processor", 200, "Digits 8x8")
    assert done["race"] == comparison.name
    assert table["reason"].tolist() == ["", diverged.reason]
    assert table["train_loss"].isna().tolist() == [False, True]


def test_a_run_is_named_with_its_machine_where_that_is_another(bench: Bench) -> None:
    comparison_of(bench, "cifar_resnet20")
    run = bench.store.work.claim("far_away:4711:abc", bench.launcher.pool)
    assert run is not None
    begun = replace(STARTED, versions={"torch": "2.15.0"}, host="far_away", pid=4711)
    bench.store.work.report(run.id, "far_away:4711:abc", [begun])
    app = bench.open("runs")
    assert not app.exception
    assert app.dataframe[0].value["device"].tolist() == ["A processor, far_away"]
    captions = [caption.value for caption in app.caption]
    assert r"Trained by far\_away, process 4711, A processor, torch 2.15.0." in captions
    bench.store.work.report(run.id, "far_away:4711:abc", [DONE])
    over = bench.open("runs")
    assert over.dataframe[0].value["device"].tolist() == ["A processor, far_away"]
    assert r"Trained by far\_away, A processor, torch 2.15.0." in [caption.value for caption in over.caption]


def test_what_was_trained_is_taken_away(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    run = comparison_of(bench, "cifar_resnet20").runs[0]
    report(bench, STARTED, HALF, DONE)
    assert any("left no weights" in info.value for info in bench.open("runs").info)
    checkpoint_path(run.id).parent.mkdir(parents=True, exist_ok=True)
    checkpoint_path(run.id).write_bytes(b"not a checkpoint")
    asked: list[tuple[str, str]] = []
    refusal = ExchangeError("There is no exporter.")

    def made(of: RunRecord, ending: str) -> bytes:
        if ending == "onnx":
            raise refusal
        asked.append((of.id, ending))
        return b"weights"

    monkeypatch.setattr("explorer.ui.runs.trained.trained_bytes", made)
    app = bench.open("runs")
    app.button(key="runs.prepare.safetensors").click().run()
    assert not app.exception
    assert asked == [(run.id, "safetensors")]
    assert [button.label for button in app.get("download_button") if "after 200 steps" in button.label]
    app.button(key="runs.prepare.onnx").click().run()
    assert [error.value for error in app.error] == [str(refusal)]


def test_the_newest_comparison_is_chosen_and_drawn_at_first(bench: Bench) -> None:
    comparison_of(bench, "cifar_plain20")
    report(bench, STARTED, HALF)
    comparison_of(bench, "cifar_resnet56", "cifar_resnet20")
    report(bench, STARTED, HALF, DONE)
    app = bench.open("runs")
    assert labels(app) == ["cifar_resnet56", "cifar_resnet20", "cifar_plain20"]
    assert [(curve["name"], curve["y"]) for curve in chart(app)["curves"]] == [
        ("cifar_resnet56", [0.25]),
        ("cifar_resnet20", []),
    ]


def test_runs_of_any_comparisons_lie_over_one_another_by_link(bench: Bench) -> None:
    first = comparison_of(bench, "cifar_resnet20", learning_rate=0.05)
    report(bench, STARTED, HALF)
    second = comparison_of(bench, "cifar_resnet20")
    app = bench.open("runs", run=[first.runs[0].id, second.runs[0].id])
    rate = setting_label("learning_rate").lower()
    names = {curve["name"] for curve in chart(app)["curves"]}
    assert names == {f"cifar_resnet20, {rate} 0.05", f"cifar_resnet20, {rate} 0.02"}
    assert len({curve["colour"] for curve in chart(app)["curves"]}) == 2
    assert app.query_params["run"] == [first.runs[0].id, second.runs[0].id]


def test_nobody_sees_a_strangers_run_by_its_id(bench: Bench) -> None:
    other = comparison_of(bench, "cifar_resnet56", owner="somebody")
    comparison_of(bench, "cifar_resnet20")
    app = bench.open("runs", run=other.runs[0].id)
    assert not app.exception
    assert labels(app) == ["cifar_resnet20"]
    assert not app.get("bidi_component") or "cifar_resnet56" not in str(app.get("bidi_component"))


def test_filters_narrow_the_table_and_stand_in_the_address(bench: Bench) -> None:
    comparison_of(bench, "cifar_plain20", "cifar_resnet20")
    comparison_of(bench, "cifar_resnet20", "cifar_resnet56", dataset="shapes_easy")
    report(bench, STARTED, HALF, DONE)
    app = bench.open("runs")
    app.multiselect(key="runs.networks").set_value(["cifar_resnet20"]).run()
    assert labels(app) == ["cifar_resnet20", "cifar_resnet20"]
    app.multiselect(key="runs.datasets").set_value(["shapes_easy"]).run()
    assert labels(app) == ["cifar_resnet20"]
    assert app.query_params["dataset"] == "shapes_easy"
    app.multiselect(key="runs.networks").set_value([]).run()
    app.multiselect(key="runs.datasets").set_value([]).run()
    app.multiselect(key="runs.states").set_value(["finished"]).run()
    assert len(labels(app)) == 1
    app.text_input(key="runs.text").set_value("nothing like it").run()
    assert not app.dataframe
    assert [each.value for each in app.info] == [NO_MATCH]

    linked = bench.open("runs", network="cifar_resnet56", state=["queued", "asleep"])
    assert labels(linked) == ["cifar_resnet56"]
    assert linked.multiselect(key="runs.states").value == ["queued"]


def test_a_deletion_can_be_undone_at_once_and_later(bench: Bench) -> None:
    comparison = comparison_of(bench, "cifar_plain20", "cifar_resnet20")
    app = bench.open("runs", run=comparison.runs[1].id)
    app.button(key="runs.delete").click().run()
    assert labels(app) == ["cifar_plain20"]
    app.button(key="runs.undo").click().run()
    assert labels(app) == ["cifar_plain20", "cifar_resnet20"]
    assert "runs.undo" not in keys(app)

    bench.store.delete([run.id for run in comparison.runs])
    later = bench.open("runs", run=comparison.runs[0].id, deleted="1")
    assert labels(later) == ["cifar_plain20", "cifar_resnet20"]
    assert {"runs.back"} <= keys(later)
    assert not {"runs.again", "runs.delete"} & keys(later)
    later.button(key="runs.back").click().run()
    later.toggle(key="runs.deleted_too").set_value(False).run()
    assert labels(later) == ["cifar_plain20"]


def test_each_run_pauses_goes_on_and_stops_by_itself(bench: Bench) -> None:
    comparison = comparison_of(bench, "cifar_plain20", "cifar_resnet20")
    first, second = (run.id for run in comparison.runs)

    def states() -> list[str]:
        return [found.state for run_id in (first, second) if (found := bench.store.run(run_id))]

    app = bench.open("runs", run=second)
    assert {"runs.pause", "runs.cancel"} <= keys(app)
    assert "runs.resume" not in keys(app)
    app.button(key="runs.pause").click().run()
    assert not app.exception
    assert states() == ["queued", "paused"]
    both = bench.open("runs", run=[first, second])
    assert both.button(key="runs.pause").label == "Pause (1)"
    both.button(key="runs.resume").click().run()
    assert states() == ["queued", "queued"]
    assert bench.launcher.woken == 2
    alone = bench.open("runs", run=first)
    alone.button(key="runs.cancel").click().run()
    assert states() == ["cancelled", "queued"]
    assert not {"runs.pause", "runs.resume", "runs.cancel"} & keys(alone)


def test_curves_are_taken_away_in_two_kinds_of_file(bench: Bench) -> None:
    comparison_of(bench, "cifar_resnet20")
    report(bench, STARTED, HALF, DONE)
    app = bench.open("runs")
    files = {item.proto.id.rsplit("-", 1)[-1]: item.proto.label for item in app.get("download_button")}
    assert {"runs.csv": "Table (CSV)", "runs.tensorboard": "TensorBoard (ZIP)"}.items() <= files.items()


def test_a_run_and_its_comparison_get_other_names(bench: Bench) -> None:
    comparison = comparison_of(bench, "cifar_resnet20")
    (run,) = comparison.runs
    app = bench.open("runs")
    app.text_input(key=f"runs.label.{run.id}").set_value("Twenty")
    app.text_input(key=f"runs.race.{run.id}").set_value("  ")
    next(button for button in app.button if button.label == "Save").click().run()
    assert not app.exception
    renamed = bench.store.run(run.id)
    assert renamed is not None
    assert (renamed.label, renamed.comparison_name) == ("Twenty", comparison.name)
    assert labels(app) == ["Twenty"]


def test_run_again_queues_the_same_with_a_seed_not_tried_yet(bench: Bench) -> None:
    first = comparison_of(bench, "cifar_plain20", "cifar_resnet20", seed=3, learning_rate=0.05)
    comparison_of(bench, "cifar_resnet20", seed=9, learning_rate=0.05)
    app = bench.open("runs", run=[run.id for run in first.runs])
    app.button(key="runs.again").click().run()
    assert not app.exception
    newest = bench.store.comparisons(owner=ME)[0]
    assert [(run.label, run.seed, run.settings.learning_rate) for run in newest.runs] == [
        ("cifar_plain20", 10, 0.05),
        ("cifar_resnet20", 10, 0.05),
    ]
    assert newest.name.startswith(first.name)
    assert numbers(newest.name) == ["2", "10"]
    assert newest.runs[1].spec == preset("cifar_resnet20")
    assert bench.launcher.woken == 1
    assert app.query_params["race"] == newest.id, "the new comparison is on show in Train"


def test_a_network_opens_in_build_and_its_comparison_and_settings_in_train(bench: Bench) -> None:
    comparison = comparison_of(bench, "cifar_resnet20", steps=77)
    app = bench.open("runs")
    app.button(key="runs.build").click().run()
    assert not app.exception
    assert any("ResNet-20" in text.value for text in app.main.markdown)

    app = bench.open("runs")
    app.button(key="runs.watch").click().run()
    assert app.query_params["race"] == comparison.id

    app = bench.open("runs")
    app.button(key="runs.setup").click().run()
    assert app.multiselect(key="networks").value == ["cifar_resnet20"]
    assert app.number_input(key="steps").value == 77


def test_the_networks_of_chosen_runs_stand_side_by_side_in_compare(bench: Bench) -> None:
    first = comparison_of(bench, "cifar_plain20", "cifar_resnet20")
    alone = bench.open("runs", run=first.runs[0].id)
    assert alone.button(key="runs.compare").disabled
    app = bench.open("runs", run=[run.id for run in first.runs])
    app.button(key="runs.compare").click().run()
    assert not app.exception
    assert app.query_params["net"] == ["cifar_plain20", "cifar_resnet20"]


def test_several_seeds_are_one_band(bench: Bench) -> None:
    for seed in (0, 1):
        comparison_of(bench, "cifar_resnet20", seed=seed)
    runs = bench.store.runs(owner=ME)
    app = bench.open("runs", run=[run.id for run in runs])
    (band,) = chart(app)["curves"]
    assert (band["name"].split(",")[0], numbers(band["name"])) == ("cifar_resnet20", ["2"])
    app.toggle(key="curves.bands").set_value(False).run()
    assert len(chart(app)["curves"]) == 2


def test_more_runs_than_a_chart_holds_are_said(bench: Bench) -> None:
    for seed in range(MOST_OVERLAID // 8 + 1):
        comparison_of(bench, *["cifar_resnet20"] * 8, seed=seed)
    runs = bench.store.runs(owner=ME)
    app = bench.open("runs", run=[run.id for run in runs])
    assert any(f"first {MOST_OVERLAID} of the {len(runs)}" in caption.value for caption in app.main.caption)


def test_without_a_store_the_page_says_so(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    error = StoreError("The run store cannot be opened.")

    def refuse() -> services.Services:
        raise error

    monkeypatch.setattr(services, "make_services", refuse)
    app = bench.open("runs")
    assert not app.exception
    assert str(error) in app.error[0].value


def test_runs_of_a_link_that_are_not_there_are_one_sentence(bench: Bench) -> None:
    mine = comparison_of(bench, "cifar_plain20", "cifar_resnet20").runs
    for named, found in (([mine[0].id, "f" * 32], 1), (["e" * 32, "f" * 32], 0)):
        app = bench.open("runs", run=named)
        (sentence,) = [each.value for each in app.warning]
        assert "(`run`)" in sentence
        assert f"{2 - found} of 2" in sentence
        assert any(f"2 runs, {found or 2} chosen" in each.value for each in app.caption)
    assert not bench.open("runs", run=[run.id for run in mine]).warning
