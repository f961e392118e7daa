"""Medians, intervals and paired differences against values by hand; reports are safe and complete."""

import csv
import io
import json
import math
from statistics import median
from xml.etree import ElementTree

import pytest

from explorer.experiments.intervals import coverage, rank
from explorer.outputs.tables.table import to_csv, to_text
from explorer.runs.records import RunRecord
from explorer.studies.report import as_object, html_report
from explorer.studies.results import middle, result_of
from explorer.studies.tables import differences_table, medians_table, runs_table
from explorer.studies.toml_file import read_study
from tests.studies.conftest import DIVERGED, TOML, Lab, ended

FIVE = TOML.replace("seeds = 2", "seeds = 5")
PLAIN_ERRORS, RESIDUAL_ERRORS = (30.0, 10.0, 50.0, 20.0, 40.0), (5.0, 8.0, 9.0, 7.0, 31.0)


def errors(run: RunRecord) -> float:
    return (PLAIN_ERRORS if run.label.startswith("Plain") else RESIDUAL_ERRORS)[run.seed]


def test_an_interval_by_hand() -> None:
    """Of five values the extremes: 1 - 2 / 32. Of four they are 1 - 2 / 16, which is too little."""
    five = middle(dict(enumerate([3.0, 1.0, 5.0, 2.0, 4.0])))
    assert (five.median, five.interval, five.coverage) == (3.0, (1.0, 5.0), 0.9375)
    assert middle(dict(enumerate([3.0, 1.0, 5.0, 2.0]))).interval is None
    assert middle({}).interval is None
    assert math.isnan(middle({}).median)


@pytest.mark.parametrize("count", [5, 8, 12, 30, 200])
def test_the_rank_is_that_of_the_binomial_distribution(count: int) -> None:
    from scipy.stats import binom

    k = rank(count, 90)
    assert coverage(count, k) == pytest.approx(1 - 2 * binom.cdf(k - 1, count, 0.5))
    assert coverage(count, k) >= 0.9 > coverage(count, k + 1)


def test_differences_are_taken_seed_by_seed(lab: Lab) -> None:
    progress = lab.start(FIVE)
    lab.end_all(lambda run: ended(errors(run)))
    result = result_of(lab.now(progress))
    pairs = [(each.cell.label, each.base.label) for each in result.differences]
    assert pairs[0] == ("Residual, layers 6, learning_rate 0.01", "Plain, layers 6, learning_rate 0.01")
    assert len(pairs) == 4
    found = result.differences[0].middles["test_error"]
    by_hand = [other - one for one, other in zip(PLAIN_ERRORS, RESIDUAL_ERRORS, strict=True)]
    assert (found.median, found.interval) == (median(by_hand), (min(by_hand), max(by_hand)))
    assert found.median == -13.0
    medians = result.cells[0].middles["test_error"], result.cells[2].middles["test_error"]
    assert found.median != medians[1].median - medians[0].median, "not the difference of the medians"


def test_one_network_is_compared_with_its_first_value(lab: Lab) -> None:
    alone = FIVE[: FIVE.rindex("[[networks]]")].replace("[grid]\nlearning_rate = [0.01, 0.02]\n", "")
    progress = lab.start(alone)
    lab.end_all(lambda run: ended(10.0 * len(run.spec.stage_blocks) * run.spec.stage_blocks[0]))
    result = result_of(lab.now(progress))
    assert [(each.cell.label, each.base.label) for each in result.differences] == [
        ("Plain, layers 10", "Plain, layers 6")
    ]
    assert result.differences[0].middles["test_error"].median == 20.0


def test_too_few_seeds_have_no_interval_and_the_table_leaves_it_out(lab: Lab) -> None:
    progress = lab.start()
    lab.end_all(lambda run: ended(errors(run)))
    rows = medians_table(result_of(lab.now(progress))).rows
    assert rows[0] == ("Plain, layers 6, learning_rate 0.01", 2, 0, 20.0, None, None, 10.0, None, None)
    assert differences_table(result_of(lab.now(progress))).rows[0][2:6] == (2, -13.5, None, None)


def test_a_cell_that_diverged_has_neither_interval_nor_differences(lab: Lab) -> None:
    progress = lab.start(FIVE.replace("seeds = 5", "seeds = 6"))
    plain = "Plain, layers 6, learning_rate 0.01"
    lab.end_all(lambda run: DIVERGED if (run.label, run.seed) == (plain, 5) else ended(float(run.seed)))
    result = result_of(lab.now(progress))
    assert result.cells[0].states == {"diverged": 1, "finished": 5}
    assert result.cells[0].middles["test_error"].interval is None
    assert result.cells[1].middles["test_error"].interval == (0.0, 5.0)
    assert plain not in {each.base.label for each in result.differences}


def test_curves_vary_one_factor_only(lab: Lab) -> None:
    result = result_of(lab.start())
    found = {(curve.factor, curve.name): [value for value, _cell in curve.points] for curve in result.curves}
    assert found["layers", "Plain, learning_rate 0.01"] == [6, 10]
    assert found["learning_rate", "Residual, layers 10"] == [0.01, 0.02]
    assert len(found) == 8


def test_the_files_tell_everything(lab: Lab) -> None:
    progress = lab.start(FIVE)
    lab.end_all(lambda run: ended(errors(run)))
    now = lab.now(progress)
    rows = list(csv.DictReader(io.StringIO(to_csv(runs_table(now)))))
    assert len(rows) == 40
    assert {row["layers"] for row in rows} == {"6", "10"}
    mine = [
        row for row in rows if row["network"] == "Plain" and row["layers"] == "6" and row["learning_rate"] == "0.01"
    ]
    assert [float(row["test_error"]) for row in mine] == list(PLAIN_ERRORS)
    told = json.loads(json.dumps(as_object(now, result_of(now)), allow_nan=False))
    assert told["cells"][0]["test_error"]["median"] == 30.0
    assert read_study(told["toml"]).count == 40
    assert told["made_with"]["seeds"] == "0, 1, 2, 3, 4"
    assert "93.75" in html_report(now, result_of(now), "command")
    assert "Residual, layers 6" in to_text(differences_table(result_of(now)))


def test_a_report_takes_no_markup_from_names_and_fetches_nothing(lab: Lab) -> None:
    hostile = FIVE.replace('"Small"', "'<script>alert(1)</script>'").replace('"Plain"', "'=<img src=x>&'")
    progress = lab.start(hostile)
    lab.end_all(lambda run: ended(float(run.seed)))
    now = lab.now(progress)
    report = html_report(now, result_of(now), "study '<b>.toml'")
    assert "<script" not in report
    assert "<img" not in report
    assert "<b>" not in report
    assert "http" not in report.replace("http://www.w3.org/2000/svg", "")
    assert report.count("<svg") == 4, "two quantities along two factors"
    for picture in report.split("<svg")[1:]:
        ElementTree.fromstring("<svg" + picture[: picture.index("</svg>") + len("</svg>")])
    assert "&#x27;=&lt;img src=x&gt;&amp;&#x27;" in report, "the file stands in it, escaped"
    first = next(csv.reader(io.StringIO(to_csv(runs_table(now)).splitlines()[1])))[0]
    assert first.startswith("'="), "no spreadsheet takes it for a formula"
