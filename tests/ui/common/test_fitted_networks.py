"""The sentence on other parameters on Train: its numbers are those of both networks."""

import pytest

from explorer.datasets.catalogue import fit_spec
from explorer.model import assemble, preset
from explorer.ui.common.fitted_networks import fitted_sentence
from tests.texts import numbers


def parameters(name: str, dataset: str = "") -> str:
    spec = preset(name)
    return f"{assemble(fit_spec(spec, dataset) if dataset else spec).cost.params:,}"


@pytest.mark.parametrize(("name", "changes"), [("cifar_plain20", ["1", "3"]), ("resnet50", ["1", "3", "10", "1,000"])])
def test_it_gives_both_counts_and_what_the_fitting_changes(name: str, changes: list[str]) -> None:
    said = numbers(fitted_sentence([name], "digits").partition(" has ")[2])
    assert said == [parameters(name, "digits"), parameters(name), *changes]


def test_the_first_network_that_differs_is_named_and_silence_where_none_does() -> None:
    assert fitted_sentence(["cifar_plain20"], "cifar10") == ""
    assert fitted_sentence(["no network", "cifar_plain20"], "digits").count("269,434") == 1
    assert fitted_sentence(["cifar_plain20"], "no data set") == ""


def test_one_channel_in_place_of_three_saves_two_of_three_filters_of_the_stem() -> None:
    before, after = (int(parameters("cifar_plain20", dataset).replace(",", "")) for dataset in ("", "digits"))
    assert before - after == 3 * 3 * 2 * 16
