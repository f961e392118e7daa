"""The explanations: what a claim says of each, by its verdict; and the stored outcomes."""

import pytest

from explorer.cli.labs import declaration
from explorer.experiments.claims import CLAIMS, Verdict
from explorer.experiments.claims.explanations import EXPLANATIONS, Bearing, Evidence
from explorer.experiments.claims.measured import measured_outcomes, measured_rows
from tests.texts import numbers

FOR, AGAINST, SILENT = Bearing


def test_every_evidence_names_a_claim_and_no_claim_speaks_twice_of_one_explanation() -> None:
    names = {claim.name for claim in CLAIMS}
    for explanation in EXPLANATIONS:
        cited = [evidence.claim for evidence in explanation.evidence]
        assert set(cited) <= names
        assert len(set(cited)) == len(cited) > 0
    assert len({each.name for each in EXPLANATIONS}) == len(EXPLANATIONS)


@pytest.mark.parametrize(
    ("verdict", "bearing", "turned"),
    [
        (Verdict.HOLDS, FOR, AGAINST),
        (Verdict.FAILS, AGAINST, FOR),
        (Verdict.UNDECIDED, SILENT, SILENT),
        (None, SILENT, SILENT),
    ],
)
def test_a_verdict_decides_what_a_claim_says(verdict: Verdict | None, bearing: Bearing, turned: Bearing) -> None:
    assert Evidence("a/b", "why").bearing(verdict) is bearing
    assert Evidence("a/b", "why", AGAINST, FOR).bearing(verdict) is turned


def test_the_record_has_every_claim_with_its_numbers_and_those_hold_that_are_declared_to() -> None:
    found = measured_outcomes()
    assert found.keys() == {claim.name for claim in CLAIMS}
    declared = {claim.name for claim in CLAIMS if claim.expected is Verdict.HOLDS}
    assert {name for name, outcome in found.items() if outcome.verdict is Verdict.HOLDS} >= declared
    assert all(numbers(outcome.numbers) for outcome in found.values())


def test_the_record_has_every_claim_as_it_is_declared_and_no_default_takes_long() -> None:
    """Otherwise: python -m explorer labs --check --format json, on a machine with two idle cores.

    The learning rates are computed by that command alone: their page shows the record.
    """
    rows = measured_rows()
    assert {name: declaration(claim) for name, claim in ((each.name, each) for each in CLAIMS)} == {
        name: {key: row[key] for key in ("name", "declared", "claim", "source")} for name, row in rows.items()
    }
    assert {name for name, row in rows.items() if row["seconds"] > 20.5} == {"degradation/sweep/rates"}
