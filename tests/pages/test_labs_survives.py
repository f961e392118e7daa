"""The last lab: nothing before the prediction, a cell for each explanation and claim, this server's answers first."""

import re

from explorer.experiments import Answer, ExperimentRequest
from explorer.experiments.claims import Outcome, Verdict
from explorer.experiments.claims.degradation import COPY_CLAIM
from explorer.experiments.claims.explanations import EXPLANATIONS, Bearing
from explorer.experiments.claims.measured import measured_outcomes
from explorer.ui.labs import survives
from explorer.ui.labs.survives import HERE, STORED, Measured, counted, measured, table_html
from tests.pages.conftest import Bench
from tests.pages.lab_fakes import FakeJobManager, job_manager, signal

__all__ = ["job_manager"]

BY_NAME = {each.name: each for each in EXPLANATIONS}


def test_the_table_stands_behind_the_prediction(bench: Bench, job_manager: FakeJobManager) -> None:
    app = bench.open("labs", lab="survives")
    assert not app.exception
    assert not [each for each in app.get("html") if 'class="explanations"' in each.proto.body]
    app.button(key="predict.survives.skip").click().run()
    assert not app.exception
    (table,) = [each.proto.body for each in app.get("html") if 'class="explanations"' in each.proto.body]
    claims = len(measured())
    assert not [each.claim.name for each in measured() if each.claim.name in table], "heads are plain words"
    assert table.count("<tr>") == 1 + len(EXPLANATIONS)
    assert table.count("<a href=") == claims * len(EXPLANATIONS)
    assert len(app.expander) == len(EXPLANATIONS)


def test_a_cell_leads_to_its_lab_and_says_what_was_measured(bench: Bench, job_manager: FakeJobManager) -> None:
    found = [Measured(COPY_CLAIM, Outcome(Verdict.HOLDS, "27 of 27."), STORED)]
    html = table_html(found)
    assert html.count('<a href="/labs?lab=degradation&amp;part=copy"') == len(EXPLANATIONS)
    assert set(re.findall(r'<td class="(\w+)"', html)) == {"for", "silent"}
    assert found[0].bearing_on(BY_NAME["optimisation"]) is Bearing.FOR
    assert found[0].bearing_on(BY_NAME["vanishing"]) is Bearing.SILENT
    assert counted(BY_NAME["optimisation"], found) == "1 for, 0 against"


def test_this_servers_own_answer_comes_before_the_record(job_manager: FakeJobManager, monkeypatch) -> None:
    request = COPY_CLAIM.request()

    class Manager:
        def answer(self, asked: ExperimentRequest) -> Answer | None:
            return Answer(signal(asked), 1.0) if asked == request else None

    monkeypatch.setattr(survives, "manager", Manager)
    found = {each.claim.name: each for each in measured()}
    assert found["degradation/copy"].origin == HERE
    assert found["degradation/copy"].outcome == COPY_CLAIM.judge(signal(request))
    assert found["degradation/sweep"].origin == STORED
    assert found["degradation/sweep"].outcome == measured_outcomes()["degradation/sweep"]
