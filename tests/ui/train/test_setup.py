"""A training comparison in preparation, and its link."""

import re

import pytest

from explorer.jobs.errors import SettingsError
from explorer.model import PRESETS, ModelSpec
from explorer.model.link import to_link
from explorer.ui.train.setup import MOST_NETWORKS, TrainingSetup


def as_lists(query: dict[str, list[str] | str]) -> dict[str, list[str]]:
    return {name: value if isinstance(value, list) else [value] for name, value in query.items()}


def test_the_default_comparison_needs_no_words_in_the_address() -> None:
    assert TrainingSetup().to_query() == {}
    assert TrainingSetup.from_query({}) == TrainingSetup()


def test_a_comparison_survives_its_link() -> None:
    setup = TrainingSetup(["cifar_resnet20", to_link(ModelSpec(attention="eca"))], repeats=3)
    setup.settings |= {"steps": 77, "learning_rate": 0.015, "schedule": "cosine", "dataset": "gratings"}
    assert TrainingSetup.from_query(as_lists(setup.to_query())) == setup


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"net": ["nonsense"]}, "“Networks”"),
        ({"steps": ["-1"]}, r"“Steps”.*: -1 .* 200,000"),
        ({"steps": ["many"]}, "“Steps”.*'many'"),
        ({"learning_rate": ["nan"]}, "“Learning rate”.*: nan"),
        ({"dataset": ["imagenet"]}, "“Data set”.*'imagenet'"),
        ({"net": [*PRESETS][: MOST_NETWORKS + 1]}, rf"\b{MOST_NETWORKS}\b"),
    ],
)
def test_a_hostile_link_is_answered_in_sentences(query: dict[str, list[str]], said: str) -> None:
    setup = TrainingSetup.from_query(query)
    assert re.search(said, " ".join(setup.warnings))
    assert len(setup.named_networks) <= MOST_NETWORKS


def test_a_comparison_for_nobody_or_with_impossible_settings_is_refused_by_field() -> None:
    with pytest.raises(SettingsError) as nobody:
        TrainingSetup([]).checked()
    assert nobody.value.field == "networks"
    setup = TrainingSetup()
    setup.settings["warmup_steps"] = 500
    with pytest.raises(SettingsError) as late:
        setup.checked()
    assert late.value.field == "warmup_steps"


def test_seeds_count_up_from_the_chosen_one() -> None:
    setup = TrainingSetup(repeats=3)
    setup.settings["seed"] = 7
    assert setup.seeds() == [7, 8, 9]


def test_a_data_set_brings_what_suits_it_and_a_link_says_only_what_differs_from_that() -> None:
    setup = TrainingSetup()
    setup.take_dataset("cifar10")
    assert setup.settings["augmentation"] == "crop_flip"
    assert setup.to_query() == {"dataset": "cifar10"}
    assert TrainingSetup.from_query({"dataset": ["cifar10"]}) == setup
    setup.settings["augmentation"] = "none"
    assert setup.to_query() == {"dataset": "cifar10", "augmentation": "none"}
    assert TrainingSetup.from_query(as_lists(setup.to_query())) == setup
    setup.take_dataset("digits")
    assert setup.settings["augmentation"] == "none"
    assert setup.settings["evaluate_every"] == TrainingSetup().settings["evaluate_every"]


def test_a_link_names_somebody_s_own_images_though_they_are_not_here() -> None:
    name = f"own_{'0' * 32}"
    assert TrainingSetup.from_query({"dataset": [name]}).settings["dataset"] == name
    assert TrainingSetup.from_query({"dataset": [name]}).warnings == []
    assert "Data set" in TrainingSetup.from_query({"dataset": ["own_../../x"]}).warnings[0]
