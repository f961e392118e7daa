"""The Train page on a store without workers: what is queued, what is shown, who may do what."""

import json
from dataclasses import replace
from math import inf
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from explorer.datasets.catalogue import fit_spec
from explorer.jobs.capacity import usable_cores
from explorer.jobs.errors import StoreError
from explorer.model import ModelSpec, SpecError, assemble, preset
from explorer.model.link import from_link, to_link
from explorer.runs import estimates
from explorer.runs.events import Diagnostics, Diverged, Evaluation, Event, Failed, Finished, Paused, Started, Step
from explorer.runs.records import NamedNetwork, TrainingComparison
from explorer.runs.settings import TrainingSettings
from explorer.ui.common import services
from explorer.ui.common.setting_labels import setting_label
from explorer.ui.common.texts import text_of
from explorer.ui.train import hints
from explorer.ui.train.live import ANSWER_FIRST
from explorer.ui.train.page import NO_DURATION
from explorer.ui.train.progress import WATCHED_ONLY
from explorer.ui.train.verdict import outcomes, sentences
from tests.pages.conftest import Bench
from tests.texts import numbers

DEFAULT = ["cifar_plain20", "cifar_plain56", "cifar_resnet20", "cifar_resnet56"]


def chart(app: AppTest, name: str = "curves") -> dict[str, Any]:
    """What the live chart, or the heat maps, were sent."""
    component = f"residual_explorer.{name}"
    sent = [view.proto for view in app.get("bidi_component") if view.proto.component_name == component]
    assert len(sent) == 1, "one chart"
    return json.loads(sent[0].mixed.json if sent[0].WhichOneof("data") == "mixed" else sent[0].json)


def captions(app: AppTest) -> list[str]:
    return [caption.value for caption in app.main.caption]


def progress(app: AppTest) -> list[list[str]]:
    """The numbers beside each run's progress: steps done, steps in all, seconds left, images a second."""
    return [numbers(bar.proto.text) for bar in app.get("progress")]


def buttons(app: AppTest) -> set[str]:
    return {button.key for button in app.button}


def comparison_of(bench: Bench, owner: str, *labels: str, steps: int = 200) -> TrainingComparison:
    named_networks = [NamedNetwork(label, preset(label)) for label in labels]
    return bench.store.create_comparison(
        named_networks, TrainingSettings(steps=steps), owner=owner, name=f"{owner}'s comparison"
    )


def report(bench: Bench, *events: Event) -> str:
    """A worker takes the next run and says these things about it; the run's id."""
    run = bench.store.work.claim("here:1:aa", bench.launcher.pool)
    assert run is not None
    bench.store.work.report(run.id, "here:1:aa", events)
    return run.id


STARTED = Started(
    step=0,
    device="cpu",
    device_name="A processor",
    precision="fp32",
    steps=200,
    batch_size=64,
    parameters=1,
    train_images=1437,
    test_images=360,
)
HALF = Step(step=100, train_loss=0.25, train_error=5.0, learning_rate=0.02, seconds=4.0)
DONE = Finished(
    step=200, train_loss=0.0123, test_error=1.5, seconds=8.0, test_loss=0.1, train_error=0.2, images_per_second=1600.0
)


def test_the_default_comparison_is_set_up_and_explained(bench: Bench) -> None:
    app = bench.open("train")
    assert not app.exception
    assert app.multiselect(key="networks").value == DEFAULT
    table = app.dataframe[0].value
    assert list(table["Parameters"]) == ["269,434", "852,730", "269,434", "852,730"]
    assert text_of("train").strip() in [text.value for text in app.main.markdown]
    assert not app.button(key="start").disabled


def test_how_long_it_takes_is_said_before_the_start(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(estimates, "has_graphics_card", lambda: False)
    app = bench.open("train")
    (said,) = [text for text in captions(app) if " on this machine" in text]
    assert numbers(said)[-2:] == ["4", str(min(2, usable_cores()))], "runs, and workers"
    longer = bench.open("train", steps="20000")
    (said,) = [text for text in captions(longer) if " on this machine" in text]
    assert " min" in said or " h" in said
    monkeypatch.setattr(estimates, "has_graphics_card", lambda: True)
    assert NO_DURATION in captions(bench.open("train"))


def test_start_queues_every_network_with_the_settings_shown(bench: Bench) -> None:
    app = bench.open("train")
    app.number_input(key="steps").set_value(120).run()
    app.number_input(key="learning_rate").set_value(0.05).run()
    app.slider(key="seeds").set_value(2).run()
    app.button(key="start").click().run()
    assert not app.exception
    (comparison,) = bench.store.comparisons()
    assert len(comparison.runs) == 8
    assert [run.seed for run in comparison.runs] == [0] * 4 + [1] * 4
    assert {run.settings.learning_rate for run in comparison.runs} == {0.05}
    assert {run.steps for run in comparison.runs} == {120}
    assert comparison.runs[1].spec == preset("cifar_plain56")
    assert bench.launcher.woken == 1
    assert app.query_params["race"] in (comparison.id, [comparison.id])


def test_curves_progress_and_results_come_from_the_store(bench: Bench) -> None:
    comparison = comparison_of(bench, "somebody", "cifar_plain20", "cifar_resnet20")
    report(bench, STARTED, HALF, Evaluation(step=100, test_loss=0.3, test_error=8.0, seconds=4.0))
    app = bench.open("train", race=comparison.id)
    assert not app.exception
    shown = chart(app)
    assert [curve["y"] for curve in shown["curves"]] == [[0.25], []]
    assert [curve["dash"] for curve in shown["curves"]] == ["dash", "solid"]
    assert shown["xRange"] == [0, 200]
    assert progress(app) == [["100", "200", "4.0"], []]
    app.segmented_control(key="curves.quantity").set_value("test_error").run()
    assert chart(app)["curves"][0]["y"] == [8.0]


def test_a_finished_run_has_its_exact_result(bench: Bench) -> None:
    comparison = comparison_of(bench, "somebody", "cifar_resnet20")
    report(bench, STARTED, HALF, DONE)
    app = bench.open("train", race=comparison.id)
    row = app.dataframe[0].value.iloc[0]
    assert row["state"] == "finished"
    assert row["train_loss"] == 0.0123
    assert row["test_error"] == 1.5
    assert row["device"] == "A processor"
    assert row["published"].startswith("8.75 % ")
    assert any({"200", "64,000"} <= set(numbers(caption.value)) for caption in app.main.caption)


def test_curves_can_be_drawn_against_epochs_time_and_work(bench: Bench) -> None:
    comparison = comparison_of(bench, "somebody", "cifar_resnet20")
    report(bench, STARTED, HALF)
    app = bench.open("train", race=comparison.id)
    places = {}
    for by in ("step", "epoch", "seconds", "macs"):
        app.segmented_control(key="curves.by").set_value(by).run()
        (curve,) = chart(app)["curves"]
        places[by] = curve["x"][0]
    assert places["step"] == 100
    assert places["epoch"] == pytest.approx(100 * 64 / 1437)
    assert places["seconds"] == 4.0
    assert places["macs"] == 100 * 64 * assemble(fit_spec(preset("cifar_resnet20"), "digits")).cost.macs


def test_gradients_and_branches_are_heat_maps_by_depth(bench: Bench) -> None:
    comparison = comparison_of(bench, "somebody", "cifar_plain20", "cifar_resnet20")
    layers = ("conv1", "layer1.0.conv1", "layer3.2.conv2", "fc")
    readings = Diagnostics(step=1, gradient_norms=(50.0, 40.0, 0.2, 1.0), branch_ratios=())
    later = Diagnostics(step=91, gradient_norms=(1.0, 1.0, 2.0, 1.0))
    report(bench, replace(STARTED, layers=layers), readings, later, HALF)
    app = bench.open("train", race=comparison.id)
    assert not app.exception
    plain, residual = chart(app, "depth")["maps"]
    assert plain["rows"] == list(layers)
    assert [row[0] for row in plain["z"]] == pytest.approx([1.699, 1.602, -0.699, 0.0], abs=1e-3)
    assert residual["z"] == [], "its place is kept while it waits"
    (said,) = [caption.value for caption in app.main.caption if "cifar_plain20" in caption.value]
    assert numbers(said.partition("cifar_plain20")[2])[:4] == ["200", "1", "0.5", "91"]
    assert "vanish" not in said
    app.segmented_control(key="depth.quantity").set_value("branch_ratios").run()
    assert not any("cifar_plain20" in caption.value for caption in app.main.caption), "no reading is described"


def test_pace_memory_machine_and_time_left_are_said(bench: Bench) -> None:
    comparison = comparison_of(bench, "somebody", "cifar_resnet20")
    later = replace(HALF, step=110, seconds=4.4, peak_memory_bytes=300 * 2**20)
    report(bench, STARTED, HALF, later)
    app = bench.open("train", race=comparison.id)
    assert progress(app) == [["110", "200", "3.6", "1,600"]]
    assert any(numbers(text) == ["3", "5"] for text in captions(app)), "the time left for the comparison"
    (machine,) = [text for text in captions(app) if "A processor" in text]
    assert "300.0 MiB" in machine
    assert "fp32" in machine
    row = app.dataframe[0].value.iloc[0]
    assert (row["images_per_second"], row["memory"]) == (pytest.approx(1600), 300)


def test_one_run_pauses_goes_on_and_tries_again(bench: Bench) -> None:
    app = bench.open("train", net=["cifar_plain20", "cifar_resnet20"])
    app.button(key="start").click().run()
    run_id = report(bench, STARTED, HALF)
    app.run()
    app.button(key=f"pause.{run_id}").click().run()
    (comparison,) = bench.store.comparisons()
    assert [run.state for run in comparison.runs] == ["pausing", "queued"]
    bench.store.work.report(run_id, "here:1:aa", [Failed(step=100, reason="The worker was killed (SIGKILL).")])
    app.run()
    assert f"pause.{run_id}" not in buttons(app)
    app.button(key=f"resume.{run_id}").click().run()
    (comparison,) = bench.store.comparisons()
    assert [run.state for run in comparison.runs] == ["queued", "queued"]


def test_a_lost_worker_is_named_with_its_reason(bench: Bench) -> None:
    comparison = comparison_of(bench, "somebody", "cifar_resnet20")
    run_id = report(bench, STARTED, HALF)
    run = bench.store.run(run_id)
    assert run is not None
    bench.store.work.abandon(run, "The worker was killed (SIGKILL).", again=True, blame=True)
    app = bench.open("train", race=comparison.id)
    (waiting,) = [text for text in captions(app) if "(SIGKILL)" in text]
    assert "100" in numbers(waiting)
    assert progress(app) == [["100", "200"]]
    report(bench, replace(STARTED, step=90))
    app.run()
    (resumed,) = [text for text in captions(app) if "(SIGKILL)" in text]
    assert resumed.partition("(SIGKILL)")[0] == waiting.partition("(SIGKILL)")[0]
    assert resumed != waiting, "it has gone on"


def told_on(app: AppTest) -> str:
    """The texts of the page, each in one line."""
    return " ".join(" ".join(text.value.split()) for text in app.main.markdown)


def test_the_answer_comes_after_the_prediction_on_train(bench: Bench) -> None:
    app = bench.open("train")
    told = ("not overfitting", "far above that of the shallow one", "optimiser does not find it")
    assert not [each for each in told if each in told_on(app)]
    app.radio(key="predict.train.choice").set_value(0).run()
    app.button(key="predict.train.commit").click().run()
    assert "Your answer: CIFAR plain-20" in told_on(app)
    assert told[0] in told_on(app)
    app.button(key="start").click().run()
    assert not app.exception
    assert told[2] in told_on(app), "the hints of the comparison"
    other = bench.open("train", race=bench.store.comparisons()[0].id)
    assert not [each for each in told if each in told_on(other)]


def test_curves_and_results_of_the_default_comparison_stand_behind_the_prediction(bench: Bench) -> None:
    comparison = comparison_of(bench, "somebody", *DEFAULT)
    report(bench, STARTED, HALF)
    app = bench.open("train", race=comparison.id)
    assert not app.exception
    assert ANSWER_FIRST in [each.value for each in app.info]
    assert ["100", "200"] in [line[:2] for line in progress(app)]
    drawn = {view.proto.component_name for view in app.get("bidi_component")}
    assert not drawn & {"residual_explorer.curves", "residual_explorer.heatmaps"}
    assert not app.dataframe
    app.button(key="predict.train.skip").click().run()
    assert not app.exception
    assert ANSWER_FIRST not in [each.value for each in app.info]
    assert [each for curve in chart(app)["curves"] for each in curve["y"]] == [0.25]
    assert app.dataframe


def test_papers_and_what_to_look_for_stand_beside_and_the_link_carries_all(bench: Bench) -> None:
    comparison = comparison_of(bench, "somebody", "cifar_plain20", "cifar_resnet20", steps=120)
    app = bench.open("train", race=comparison.id)
    papers = next(table.value for table in app.dataframe if "protocol" in table.value)
    assert list(papers["error"]) == ["9.5", "8.75"]
    assert {text.value for text in app.main.markdown} & set(hints.paragraphs().values())
    link, command = (block.value for block in app.code)
    assert f"race={comparison.id}&net=cifar_plain20&net=cifar_resnet20&steps=120" in link
    assert command == "python -m explorer train cifar_plain20 cifar_resnet20 --steps 120 --seed 0"


@pytest.mark.parametrize(
    ("event", "step"),
    [
        (Failed(step=100, reason="The worker ran out of memory."), "100"),
        (Diverged(step=101, reason="The loss is no number.", seconds=4.0), "101"),
    ],
)
def test_what_went_wrong_is_said_with_its_step(bench: Bench, event: Failed | Diverged, step: str) -> None:
    comparison = comparison_of(bench, "somebody", "cifar_plain20")
    report(bench, STARTED, HALF, event)
    app = bench.open("train", race=comparison.id)
    assert not app.exception
    (said,) = [bar.proto.text for bar in app.get("progress")]
    assert event.reason in said
    assert numbers(said) == [step]


def test_only_who_started_a_comparison_can_stop_it(bench: Bench) -> None:
    other = comparison_of(bench, "somebody", "cifar_plain20", "cifar_resnet20")
    watcher = bench.open("train", race=other.id)
    assert not any(key and key.startswith("cancel") for key in buttons(watcher))
    assert WATCHED_ONLY in captions(watcher)

    app = bench.open("train")
    app.button(key="start").click().run()
    (mine,) = bench.store.comparisons(owner=app.session_state["visitor"])
    app.button(key=f"cancel.{mine.runs[0].id}").click().run()
    after = bench.store.comparison(mine.id)
    assert after is not None
    assert [run.state for run in after.runs] == ["cancelled", "queued", "queued", "queued"]
    app.button(key="cancel.all").click().run()
    after = bench.store.comparison(mine.id)
    assert after is not None
    assert {run.state for run in after.runs} == {"cancelled"}
    untouched = bench.store.comparison(other.id)
    assert untouched is not None
    assert {run.state for run in untouched.runs} == {"queued"}


def test_a_comparison_pauses_and_goes_on(bench: Bench) -> None:
    app = bench.open("train", net=["cifar_plain20", "cifar_resnet20"])
    app.button(key="start").click().run()
    report(bench, STARTED, HALF)
    app.button(key="pause").click().run()
    (comparison,) = bench.store.comparisons()
    assert [run.state for run in comparison.runs] == ["pausing", "paused"]
    assert "pause" not in buttons(app)
    app.button(key="resume").click().run()
    (comparison,) = bench.store.comparisons()
    assert [run.state for run in comparison.runs] == ["pausing", "queued"]
    bench.store.work.report(comparison.runs[0].id, "here:1:aa", [Paused(step=120)])
    app.run()
    app.button(key="resume").click().run()
    (comparison,) = bench.store.comparisons()
    assert {run.state for run in comparison.runs} == {"queued"}
    assert bench.launcher.woken == 4


def test_seeds_are_bands_unless_switched_off(bench: Bench) -> None:
    app = bench.open("train", net="cifar_resnet20", seeds="2")
    app.button(key="start").click().run()
    report(bench, STARTED, HALF)
    report(bench, STARTED, replace(HALF, train_loss=0.75))
    app.run()
    (shown,) = chart(app)["curves"]
    assert (shown["y"], shown["low"], shown["high"]) == ([0.5], [0.25], [0.75])
    app.toggle(key="curves.bands").set_value(False).run()
    assert [curve["y"] for curve in chart(app)["curves"]] == [[0.25], [0.75]]


def test_comparisons_of_others_are_not_listed(bench: Bench) -> None:
    comparison_of(bench, "somebody", "cifar_plain20")
    app = bench.open("train")
    assert not any(key and key.startswith("race.") for key in buttons(app))
    app.button(key="start").click().run()
    app.button(key="new").click().run()
    listed = [key for key in buttons(app) if key and key.startswith("race.")]
    assert len(listed) == 1
    app.button(key=listed[0]).click().run()
    assert "race" in app.query_params


def test_a_comparison_that_is_not_there_is_one_sentence(bench: Bench) -> None:
    app = bench.open("train", race="0" * 32)
    assert not app.exception
    assert len(app.warning) == 1
    assert app.multiselect(key="networks").value == DEFAULT


def test_a_network_comes_from_build_with_its_plain_twin(bench: Bench) -> None:
    app = bench.open("build", attention="se")
    app.button(key="train").click().run()
    assert not app.exception
    named = app.multiselect(key="networks").value
    assert [label for label in named if label]
    app.button(key="start").click().run()
    (comparison,) = bench.store.comparisons()
    assert ModelSpec(attention="se") in [run.spec for run in comparison.runs]
    assert ModelSpec(attention="se", shortcut="none") in [run.spec for run in comparison.runs]


def test_a_link_with_named_networks_and_settings_is_restored_and_checked(bench: Bench) -> None:
    own = to_link(ModelSpec(stem="cifar"))
    app = bench.open("train", net=["cifar_resnet20", own, "1~resnet50~zz"], steps="50", batch_size="0")
    assert not app.exception
    assert app.multiselect(key="networks").value == ["cifar_resnet20", own]
    assert app.number_input(key="steps").value == 50
    assert app.number_input(key="batch_size").value == 64
    with pytest.raises(SpecError) as refused:
        from_link("1~resnet50~zz")
    said = " ".join(warning.value for warning in app.warning)
    assert refused.value.message.rstrip(".") in said
    assert setting_label("batch_size") in said


def test_no_network_no_comparison(bench: Bench) -> None:
    app = bench.open("train")
    app.multiselect(key="networks").set_value([]).run()
    assert not app.exception
    assert app.button(key="start").disabled
    assert len(app.sidebar.error) == 1


def test_a_network_too_large_to_train_says_by_how_much(bench: Bench) -> None:
    app = bench.open("train", net="resnet152", batch_size="1024", dataset="shapes_easy")
    app.number_input(key="batch_size").set_value(1024).run()
    large = to_link(ModelSpec(stem="cifar", stage_widths=(1024, 2048, 4096, 8192)))
    app = bench.open("train", net=large, batch_size="1024", dataset="shapes_easy")
    assert not app.exception
    assert app.button(key="start").disabled
    assert "GiB" in app.sidebar.error[0].value


def test_without_a_store_the_page_says_so(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    error = StoreError("The run store cannot be opened.")

    def refuse() -> services.Services:
        raise error

    monkeypatch.setattr(services, "make_services", refuse)
    app = bench.open("train")
    assert not app.exception
    assert str(error) in app.error[0].value
    assert app.button(key="start").disabled


def test_trouble_with_workers_is_shown(bench: Bench) -> None:
    bench.launcher.trouble = "Workers end before they are ready."
    assert bench.open("train").error[0].value == bench.launcher.trouble


def test_outcomes_come_from_the_runs_and_pair_a_network_with_its_plain_twin(bench: Bench) -> None:
    comparison_of(bench, "somebody", "cifar_plain20", "cifar_resnet20")
    finished = report(bench, STARTED, DONE)
    report(bench, STARTED, Diverged(step=7, reason="The loss is NaN.", seconds=1.0))
    runs = bench.store.comparisons()[0].runs
    plain, residual = outcomes(runs)
    ends = [(DONE.train_loss,) if run.id == finished else (inf,) for run in runs]
    assert [plain.losses, residual.losses] == ends
    assert plain.plain
    assert not residual.plain
    assert plain.plain_form == residual.plain_form
    assert plain.family != residual.family


def test_the_page_tells_it_when_all_runs_are_over(bench: Bench) -> None:
    comparison = comparison_of(bench, "somebody", "cifar_plain20", "cifar_resnet20")
    report(bench, STARTED, DONE)
    told = sentences(outcomes(bench.store.comparisons()[0].runs))
    assert told == []
    assert not bench.open("train", race=comparison.id).exception
    report(bench, STARTED, DONE)
    first, *_ = sentences(outcomes(bench.store.comparisons()[0].runs))
    app = bench.open("train", race=comparison.id)
    assert any(first in text.value for text in app.main.markdown)


def test_a_box_is_made_with_the_value_that_it_shows(bench: Bench) -> None:
    """A browser may build a box anew without the value that was sent to it; it then shows the one it is made with."""
    app = bench.open("train", steps="300")
    made = {key: app.number_input(key=key).proto.default for key in ("steps", "batch_size", "learning_rate")}
    assert made == {"steps": 300, "batch_size": 64, "learning_rate": 0.02}


def test_the_kept_weights_of_a_file_have_no_curves_and_can_be_trained_on(bench: Bench) -> None:
    run_id = "ab" * 16
    network = NamedNetwork("From a.pth", preset("cifar_resnet20"))
    bench.store.keep_weights(run_id, network, TrainingSettings(), owner="somebody", source="a.pth")
    kept = bench.store.run(run_id)
    assert kept is not None
    app = bench.open("train", race=kept.comparison_id)
    assert not app.exception
    assert any("not trained here" in each.value for each in app.info)
    assert not any("0 of 0" in each.value for each in [*app.markdown, *app.caption])
    app = app.button(key="kept.train").click().run()
    assert not app.exception
    assert app.selectbox(key="start_from").value == run_id
    app = app.toggle(key="usual_start").set_value(True).run()
    assert not app.exception
