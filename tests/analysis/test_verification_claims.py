"""What a proof says: the network's name, the papers' counts beside exact ones, and what is still open."""

import json
from dataclasses import replace

import pytest

from explorer.analysis.published import published_tables
from explorer.analysis.verification_claims import UNKNOWN, Claim, Proof, proof_to_dict, prove, with_check
from explorer.model import PRESETS, ModelSpec, preset
from explorer.outputs import describe
from tests.failures import failures
from tests.texts import numbers
from tests.variants import name_of, small_variants

OPEN_KINDS = ("torchvision", "torch")
"""The kinds of claim that the background check closes."""


def _of(proof: Proof, kind: str) -> list[Claim]:
    return [claim for claim in proof.claims if claim.kind == kind]


def test_resnet50_is_torchvisions_and_counted_by_two_papers() -> None:
    proof = prove(preset("resnet50"))
    assert str(proof.headline) == "ResNet-50"
    (torchvision,) = _of(proof, "torchvision")
    assert torchvision.status == "verified"
    assert "torchvision's resnet50" in str(torchvision.text)
    found = {(claim.source, claim.printed): (claim.exact, claim.verdict) for claim in _of(proof, "paper")}
    assert found["Xie et al. 2017, Table 1", "25.5M"] == (25_557_032, "truncates")
    assert found["Xie et al. 2017, Table 1", "4.1G"] == (4_089_184_256, "rounds")
    assert found["Zagoruyko & Komodakis 2016, Table 8", "25.6M"] == (25_557_032, "rounds")


def test_the_papers_own_resnet50_is_another_network() -> None:
    proof = prove(replace(preset("resnet50"), stride_on="1x1"))
    assert str(proof.headline).startswith("ResNet-50 v1")
    assert _of(proof, "torchvision") == []
    (claim,) = _of(proof, "paper")
    assert (claim.printed, claim.exact, claim.verdict) == ("3.8G", 3_857_973_248, "truncates")
    assert claim.link == "https://arxiv.org/abs/1512.03385"


def test_a_difference_is_signed_and_not_hidden() -> None:
    claims = _of(prove(preset("cifar_preact1001")), "paper")
    assert claims
    assert {(claim.status, claim.verdict) for claim in claims} == {("differs", "-1.2 %")}


def test_an_adapted_network_says_what_the_printed_count_stands_for() -> None:
    proof = prove(replace(preset("resnet50"), image_size=64, num_classes=6))
    assert str(proof.headline).startswith(str(PRESETS["resnet50"].title))
    assert numbers(str(proof.headline)) == ["64", "6"], "pixels, classes"
    assert all({"224", "1,000"} <= set(numbers(str(claim.text))) for claim in _of(proof, "paper"))
    (torchvision,) = _of(proof, "torchvision")
    assert torchvision.status == "open"
    assert "num_classes=6" in str(torchvision.text)


def test_an_unknown_network_has_no_name_and_one_open_claim() -> None:
    proof = prove(replace(preset("cifar_resnet20"), activation="gelu"))
    assert proof.headline == UNKNOWN
    assert [claim.status for claim in proof.claims] == ["open"]


def test_the_background_check_closes_what_is_open() -> None:
    proof = prove(replace(preset("resnet50"), zero_init_residual=True))
    assert {claim.status for claim in proof.claims if claim.kind in OPEN_KINDS} == {"open"}
    checked = with_check(proof, True, sentence := "Counts checked against torch 2.15.")
    assert {claim.status for claim in checked.claims if claim.kind in OPEN_KINDS} == {"verified"}
    assert checked.claims[-1].text == sentence
    failed = with_check(proof, False, "layer1.0.conv1: multiply-adds 1 in the graph, 2 in torch.")
    assert [claim.status for claim in failed.claims if claim.kind in OPEN_KINDS] == ["open", "failed"]


def test_what_tests_have_verified_is_not_undone_by_a_check_that_could_not_run() -> None:
    failed = with_check(prove(preset("resnet18")), False, "Not checked: no process could be started.")
    assert _of(failed, "torchvision")[0].status == "verified"


def test_every_preset_is_proven_by_name() -> None:
    rows = [row for table in published_tables() for row in table.rows]

    def check(name: str) -> None:
        proof = prove(preset(name))
        assert proof.identified[0].name == name
        printed = {text for row in rows if row.preset == name for text in (row.params, row.macs) if text}
        assert {claim.printed for claim in _of(proof, "paper")} == printed

    assert failures(PRESETS, check) == {}


@pytest.mark.parametrize("spec", small_variants(), ids=name_of)
def test_any_spec_has_a_proof_in_json(spec: ModelSpec) -> None:
    values = proof_to_dict(prove(spec))
    assert json.loads(json.dumps(values)) == values
    assert values["claims"][-1]["status"] == "open"


def test_describe_carries_the_proof() -> None:
    described = describe(replace(preset("resnet50"), image_size=64))
    assert numbers(described["proof"]["headline"]) == ["64"]
    assert described["proof"] == proof_to_dict(prove(replace(preset("resnet50"), image_size=64)))
