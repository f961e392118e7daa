"""`find` and `conventions`: counts looked up, and counted as others count."""

import json

import pytest

from explorer.analysis.conventions import reconcile
from explorer.analysis.lookup import QUANTITIES
from explorer.cli.main import main
from explorer.model import assemble, preset
from explorer.outputs.tables.conventions import counted_module, module_sentence


def test_a_network_is_found_by_its_parameters(printed) -> None:
    """49,326,872 are seresnet101's in timm."""
    found = json.loads(printed("find", "49,326,872", "--format", "json"))
    assert found["exact"] is True
    assert "seresnet101" in [row["name"] for row in found["networks"]]
    assert {row["value"] for row in found["networks"]} == {49_326_872}


@pytest.mark.parametrize("quantity", QUANTITIES)
def test_every_network_is_found_by_every_count(printed, quantity: str) -> None:
    for name in ("resnet18", "cifar_resnet20", "keras_resnet50"):
        count = QUANTITIES[quantity].value(assemble(preset(name)))
        found = json.loads(printed("find", str(count), "--by", quantity, "--format", "json"))
        assert name in [row["name"] for row in found["networks"]]


def test_published_counts(printed) -> None:
    """Keras counts buffers too; torchvision's file of resnet18 has 62 trained tensors, 40 statistics, 20 counters."""
    assert "keras_signs_resnet50" in printed("find", "23600006", "--by", "all_params")
    assert QUANTITIES["tensors"].value(assemble(preset("resnet18"))) == 62
    assert QUANTITIES["bytes"].value(assemble(preset("resnet18"))) == 4 * (11_689_512 + 9_600) + 8 * 20


def test_a_rounded_count_finds_what_rounds_to_it(printed) -> None:
    """He et al. 2015, Table 6, gives ResNet-110 as 1.7M; He et al. 2016 give ResNet-164 so, too."""
    found = json.loads(printed("find", "1.7M", "--format", "json"))
    assert found["exact"] is True
    assert {"cifar_resnet110", "cifar_resnet164"} <= {row["name"] for row in found["networks"]}
    assert {round(row["value"], -5) for row in found["networks"]} == {1_700_000}
    assert {row["quantity"] for row in found["networks"][:2]} == {"params"}


def test_where_none_has_it_the_nearest_stand_first(printed) -> None:
    found = json.loads(printed("find", "25557033", "--by", "params", "--format", "json"))
    assert found["exact"] is False
    assert (found["networks"][0]["value"], len(found["networks"])) == (25_557_032, 5)
    assert "25,557,033" in printed("find", "25557033", "--by", "params")


@pytest.mark.parametrize("count", ["many", "-5", "0", "1.5", "9" * 40, ""])
def test_a_count_is_a_whole_number(capsys: pytest.CaptureFixture[str], count: str) -> None:
    assert main(["find", "--", count]) == 2
    assert capsys.readouterr().err.startswith("error: count: ")


def test_the_conventions_are_the_pages(printed) -> None:
    spec = preset("seresnet50")
    module = counted_module(spec)
    sentence = module_sentence(spec, module)
    rows = json.loads(printed("conventions", "seresnet50", "--format", "json"))
    assert [(row["name"], row["value"]) for row in rows] == [
        (each.name, each.value) for each in reconcile(spec, module)
    ]
    assert all(sum(term["amount"] for term in row["terms"]) == row["value"] for row in rows)
    assert {row["module"] for row in rows} == {sentence}
    text = printed("conventions", "seresnet50")
    for line in ("papers", "fvcore", "thop", "torchinfo", sentence):
        assert line in text
