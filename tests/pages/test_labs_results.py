"""Labs 1 to 4 with results that a test can calculate: their requests, charts, tables and downloads."""

import io
import json
from dataclasses import replace

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from explorer.analysis.theory import skip_product
from explorer.experiments import ExperimentRequest, Subject, small_network
from explorer.experiments.catalogue.lambda_sweep import LambdaResult
from explorer.experiments.claims import Verdict
from explorer.experiments.claims import degradation as claims_degradation
from explorer.experiments.claims import shortcuts as claims_shortcuts
from explorer.experiments.claims import signal as claims_signal
from explorer.model import SpecError, assemble, preset
from explorer.model.link import to_link
from explorer.ui.labs import copying, degradation, factors, filters, order, shortcuts, signal
from explorer.ui.labs.shared import claims, short_trainings
from explorer.ui.labs.shared.experiment import result_table
from explorer.ui.labs.shared.short_trainings import PAPERS_ERROR
from tests.pages import lab_fakes
from tests.pages.conftest import Bench
from tests.pages.lab_fakes import CHAIN, FakeJobManager, job_manager
from tests.pages.test_labs import open_part, press, run_part
from tests.texts import numbers

__all__ = ["job_manager"]


def traces(app: AppTest, position: int = 0) -> dict[str, dict]:
    """The curves of a chart by name; the last of those that share one."""
    spec = json.loads(app.get("plotly_chart")[position].proto.spec)
    return {trace["name"]: trace for trace in spec["data"]}


def frame_with(app: AppTest, *columns: str) -> pd.DataFrame:
    """The one table on the page that has these columns."""
    (found,) = (each.value for each in app.dataframe if set(columns) <= set(each.value.columns))
    return found


def test_sweep_shows_loss_by_depth_beside_the_papers_figure(bench: Bench, job_manager: FakeJobManager) -> None:
    app = run_part(open_part(bench, "degradation", "sweep", depths="1,9"), "sweep", "sweep")
    assert job_manager.requests[0].parameters["blocks"] == (1, 9)
    ours = traces(app)
    assert list(ours["plain"]["x"]) == [8, 56]
    assert (ours["plain"]["line"]["dash"], ours["residual"]["line"]["dash"]) == ("dash", "solid")
    found = frame_with(app, "Kind").set_index(["Layers", "Kind"])["Training loss"]
    assert found[56, "plain"] == 0.56
    assert found[56, "residual"] == 0.056
    theirs = traces(app, 1)
    assert numbers(theirs["residual, printed"]["text"][4]) == ["5"]
    errors = [frame for each in app.dataframe if "Top-5, %" in (frame := each.value)]
    assert "7.76" in set(errors[0]["Top-5, %"])
    assert any("± 0.5" in each.value for each in app.caption)


def test_sweep_takes_medians_and_shows_the_spread() -> None:
    points = tuple(
        lab_fakes.DepthPoint(20, True, lab_fakes.training("plain-20", loss, seed))
        for seed, loss in enumerate((0.4, 0.1, 0.2))
    )
    (row,) = degradation.sweep_table(degradation.DepthSweepResult(points)).to_dict("records")
    assert (row["Training loss"], row["lowest"], row["highest"]) == (0.2, 0.1, 0.4)


def test_copy_compares_branches_that_start_at_zero(bench: Bench, job_manager: FakeJobManager) -> None:
    app = run_part(open_part(bench, "degradation", "copy"), "copy", "copy")
    zero, usual = (each.spec for each in job_manager.requests[0].networks)
    assert (zero.zero_init_residual, usual.zero_init_residual) == (True, False)
    shown = [each.value for each in app.markdown]
    for label, branches in ((claims_degradation.ZERO, 27 * (0.0,)), (claims_degradation.USUAL, 27 * (1.0,))):
        assert f"**{label}**: {copying.silent_blocks_sentence(branches)}" in shown
    assert numbers(str(copying.silent_blocks_sentence((0.0, 0.0, 1.0)))) == ["2", "3"]


def test_a_plain_network_cannot_copy_and_the_page_shows_a_message(bench: Bench, job_manager: FakeJobManager) -> None:
    app = open_part(bench, "degradation", "copy", net=to_link(preset("cifar_plain20")))
    with pytest.raises(SpecError) as refused:
        claims_degradation.copies(preset("cifar_plain20"))
    assert refused.value.field == "zero_init_residual"
    assert refused.value.message in app.error[0].value
    assert not [each for each in app.button if each.key == "copy.run"]


def test_5_to_5_1_to_5_2_is_two_percent_and_a_hundred(bench: Bench, job_manager: FakeJobManager) -> None:
    app = open_part(bench, "degradation", "sensitivity")
    assert not app.metric
    press(app, "predict.sensitivity.skip")
    assert [each.value for each in app.metric] == ["1.96 %", "100 %"]
    assert "5.1 - 5 = 0.1" in app.latex[0].value
    assert "5.2 - 5 = 0.2" in app.latex[0].value
    app.slider(key="labs.degradation.after").set_value(5.6).run()
    assert app.metric[1].value == "500 %"
    app.slider(key="labs.degradation.before").set_value(5.0).run()
    assert app.metric[1].value == "from zero"


def test_signal_draws_each_reading_and_shows_the_ratio_of_first_to_last(
    bench: Bench, job_manager: FakeJobManager
) -> None:
    app = run_part(open_part(bench, "signal", "blocks", depth="20"), "signal", "signal")
    (request,) = job_manager.requests
    assert request.parameters["readings"] == (0, 20)
    assert request.training.steps == 20
    assert len(json.loads(app.get("plotly_chart")[0].proto.spec)["data"]) == 4
    table = frame_with(app, signal.FIRST_OVER_LAST)
    assert list(table[signal.FIRST_OVER_LAST]) == ["256"] * 4
    assert list(table["Step"]) == [0, 20, 0, 20]


def test_signal_takes_norms_away_and_adds_pre_activation(bench: Bench, job_manager: FakeJobManager) -> None:
    app = open_part(bench, "signal", "blocks", depth="20", norm="none", networks="plain,post,preact")
    run_part(app, "signal", "signal_no_norm")
    plain, post, preact = (each.spec for each in job_manager.requests[0].networks)
    assert {each.norm for each in (plain, post, preact)} == {"none"}
    assert plain.shortcut == "none"
    assert (post.activation_order, preact.activation_order) == ("post", "preact")


def test_a_plain_networks_missing_branch_leaves_a_gap(bench: Bench, job_manager: FakeJobManager) -> None:
    app = run_part(open_part(bench, "signal", "blocks", depth="20", quantity="ratio"), "signal", "signal")
    table = frame_with(app, "First block").set_index("Network")
    assert set(table.loc["plain", "First block"]) == {"none"}
    assert set(table.loc[claims_signal.POST, "First block"]) == {"0.5"}


def test_factor_shows_the_product_of_theory(bench: Bench, job_manager: FakeJobManager) -> None:
    app = press(open_part(bench, "signal", "factor"), "predict.factor.skip")
    assert any(f"0.9^{{18}} = {skip_product([0.9] * 18):.4g}" in each.value for each in app.latex)
    app.slider(key="labs.signal.lambda").set_value(1.1).run()
    assert any(f"1.1^{{18}} = {skip_product([1.1] * 18):.4g}" in each.value for each in app.latex)


def test_factor_shows_prediction_beside_measurement(bench: Bench, job_manager: FakeJobManager) -> None:
    app = run_part(open_part(bench, "signal", "factor", factors="0,0.5,1", order="preact"), "factor", "factor")
    (request,) = job_manager.requests
    assert request.parameters["factors"] == (0.0, 0.5, 1.0)
    assert request.networks[0].spec.activation_order == "preact"
    table = frame_with(app, "λ").set_index("λ")
    assert table.loc["0.5", factors.PREDICTED] == table.loc["0.5", "Signal"] == f"{0.5**CHAIN:.3g}"
    assert "loss 0.51" in table.loc["0.5", "Trained"]
    # Zero has no place on a logarithmic axis.
    assert traces(app)["predicted"]["y"][0] is None
    assert "fail" in set(frame_with(app, "Error, %")["Error, %"])


@pytest.mark.parametrize("bias", [-6.0, 0.0])
def test_kinds_are_shown_beside_the_papers_errors(bench: Bench, job_manager: FakeJobManager, bias: float) -> None:
    app = open_part(bench, "shortcuts", "kinds", kinds=",".join(claims_shortcuts.KINDS), bias=str(bias))
    run_part(app, "kinds", "kinds")
    specs = [each.spec for each in job_manager.requests[0].networks]
    assert [each.skip for each in specs] == [
        "identity",
        "scale",
        "scale",
        "exclusive_gate",
        "shortcut_gate",
        "conv1x1",
        "dropout",
    ]
    assert specs[3].gate_bias == bias
    table = frame_with(app, PAPERS_ERROR)
    gates = {-6.0: ["8.70", "6.91"], 0.0: ["fail", "12.86"]}[bias]
    assert list(table[PAPERS_ERROR]) == ["6.61", "fail", "12.35", *gates, "12.22", "fail"]
    costs = frame_with(app, "MACs")
    assert costs["Parameters"][0] == assemble(preset("cifar_resnet110")).cost.params == 1_727_962


def test_a_bias_that_the_paper_has_not_tried_has_no_printed_error() -> None:
    network = shortcuts.compared_networks(small_network(20), ("gate",), -3.0)[0]
    assert network.published() is None
    assert "0.953" in shortcuts.factor_sentence(network.spec)


def test_dropout_on_the_shortcut_names_the_papers_expected_factor() -> None:
    """He et al. 2016, section 3.1; at a rate of 0.2 a value stays with a probability of 0.8."""
    (network,) = shortcuts.compared_networks(small_network(20), ("dropout",), -6.0)
    assert numbers(shortcuts.factor_sentence(replace(network.spec, skip_dropout=0.2))) == [
        *("0", "0.2", "0.8", "3.1", "0.8"),
    ]


def test_the_factor_lab_names_the_gradient_with_branches_at_both_ends_and_at_one() -> None:
    request = ExperimentRequest(
        "lambda_sweep", (Subject("a", small_network(56)),), parameters={"factors": [0.5, 0.9, 1.0, 1.5]}
    )
    result = LambdaResult(
        tuple(
            replace(point, chains=(replace(point.chains[0], gradient_with_branches=10.0 + place),))
            for place, point in enumerate(lab_fakes.factors(request).points)
        )
    )
    assert numbers(factors.branch_sentence(result)) == ["10", "0.5", "12", "1", "13", "1.5"]
    assert factors.branch_sentence(LambdaResult(())) == ""


def test_options_cost_what_the_paper_counts(bench: Bench, job_manager: FakeJobManager) -> None:
    app = run_part(open_part(bench, "shortcuts", "options"), "options", "options")
    assert [each.spec.shortcut for each in job_manager.requests[0].networks] == [
        "none",
        "pad",
        "projection",
        "projection_all",
    ]
    assert list(frame_with(app, "MACs")["Parameters"]) == [21_623_848, 21_623_848, 21_797_672, 22_716_840]
    assert list(frame_with(app, PAPERS_ERROR)[PAPERS_ERROR]) == [
        "28.54",
        "25.03",
        "24.52",
        "24.19",
    ]


def test_the_rule_of_filters_keeps_the_cost_of_a_layer(bench: Bench) -> None:
    """He et al. 2015, section 3.3, on plain-34: 9 x 64 x 64 weights on 56 x 56 pixels, and as many MACs further on."""
    found = frame_with(open_part(bench, "shortcuts", "options"), filters.INSIDE)
    assert list(found[filters.INSIDE]) == [9 * 64 * 64 * 56 * 56] * 4
    assert list(found[filters.ENTERING].dropna()) == [9 * 64 * 64 * 56 * 56 // 2] * 3


def test_orders_comparison_beside_table_2(bench: Bench, job_manager: FakeJobManager) -> None:
    app = run_part(open_part(bench, "order", "orders", seeds="1"), "order", "order")
    assert list(frame_with(app, PAPERS_ERROR)[PAPERS_ERROR]) == [
        "6.61",
        "8.17",
        "7.84",
        "6.71",
        "6.37",
    ]
    assert list(frame_with(app, "Loss")["Loss"]) == ["0.1", "0.2", "0.3", "0.4", "0.5"]


def test_only_two_orders_change_x_as_the_answer_says() -> None:
    blocked = []
    for name in order.LABELS:
        (network,) = order.compared_networks(small_network(20), (name,))
        words = order.caption(order.block_pictures.inner_block(network.spec).block)
        if words.startswith("On the information path"):
            blocked.append(order.LABELS[name][:3])
        assert ("ReLU: F(x)" in words) == (name == "relu_before_add")
    assert order.QUESTION.options[order.QUESTION.right] == f"In {blocked[0]} and {blocked[1]}."


def test_results_over_seeds_are_medians_with_their_range() -> None:
    (network,) = order.compared_networks(small_network(20), ("post",))
    for losses, shown in (((0.3, 0.1, 0.2), "0.2 (0.1 to 0.3)"), ((float("nan"),), "none")):
        trainings = tuple(lab_fakes.training("a", loss, seed) for seed, loss in enumerate(losses))
        table = short_trainings.results_table(lab_fakes.ShortTrainingResult(trainings), {"a": network})
        assert list(table["Loss"]) == [shown]


def request_of(experiment: str, **parameters: object) -> ExperimentRequest:
    return ExperimentRequest(experiment, (Subject("network", small_network(20)),), parameters=parameters)


@pytest.mark.parametrize(
    ("frame", "experiment", "parameters", "rows"),
    [
        (result_table, "signal_and_gradient", {"readings": [0, 20]}, 2 * 9),
        (result_table, "lambda_sweep", {"factors": [0.5, 1.0]}, 2),
        (result_table, "short_race", {"seeds": 2}, 2 * 3),
        (result_table, "depth_sweep", {"blocks": [1, 3]}, 4),
        (copying.copy_frame, "signal_and_gradient", {"readings": [0]}, 9),
    ],
)
def test_the_download_holds_every_value(frame, experiment: str, parameters: dict, rows: int) -> None:  # type: ignore[no-untyped-def]
    found = pd.read_csv(
        io.StringIO(frame(lab_fakes.RESULTS[experiment](request_of(experiment, **parameters))).to_csv(index=False))
    )
    assert len(found) == rows
    assert not found.isna().all().any() or "diverged" in found


@pytest.mark.parametrize(
    ("query", "verdict"),
    [({}, Verdict.HOLDS), ({"networks": "post"}, Verdict.UNDECIDED)],
    ids=["with the plain network", "without"],
)
def test_a_result_says_whether_it_agrees_with_the_paper(
    bench: Bench, job_manager: FakeJobManager, query: dict[str, str], verdict: Verdict
) -> None:
    app = press(open_part(bench, "signal", "blocks", **query), "signal.run")
    assert not [each for each in app.markdown if claims.TITLE in each.value], "no answer before the prediction"
    press(app, "predict.signal.skip")
    (line,) = (each.value for each in app.markdown if claims.TITLE in each.value)
    assert claims.WORDS[verdict] in line
    assert claims_signal.NORMALISED_CLAIM.source in line


def test_without_a_norm_another_claim_is_tested_and_the_border_can_be_chosen(
    bench: Bench, job_manager: FakeJobManager
) -> None:
    app = run_part(open_part(bench, "signal", "blocks", norm="none", border="zeros"), "signal", "signal_no_norm")
    assert job_manager.requests[0].parameters["border"] == "zeros"
    (line,) = (each.value for each in app.markdown if claims.TITLE in each.value)
    assert claims_signal.UNNORMALISED_CLAIM.source in line
    app = press(open_part(bench, "signal", "blocks"), "signal.run")
    assert job_manager.requests[-1].parameters["border"] == "zeros", "with a norm there is no such control"


@pytest.mark.parametrize("rate", degradation.RATE_LABELS)
def test_the_rate_of_the_depth_sweep(bench: Bench, job_manager: FakeJobManager, rate: str) -> None:
    press(open_part(bench, "degradation", "sweep", rate=rate), "sweep.run")
    training = job_manager.requests[0].training
    assert (training.learning_rate, training.warmup_steps) == {
        "0.02": (0.02, 0),
        "0.02-warm": (0.02, 50),
        "0.002": (0.002, 0),
        "0.0005": (0.0005, 0),
    }[rate]
