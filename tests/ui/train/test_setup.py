"""A training comparison in preparation, and its link."""

import pytest

from explorer.jobs.errors import SettingsError
from explorer.model import ModelSpec
from explorer.model.text.link import to_link
from explorer.ui.train.setup import MOST_NETWORKS, TrainingSetup


def as_lists(query: dict[str, list[str] | str]) -> dict[str, list[str]]:
    return {name: value if isinstance(value, list) else [value] for name, value in query.items()}


def test_the_default_comparison_needs_no_words_in_the_address() -> None:
    assert TrainingSetup().to_query() == {}
    assert TrainingSetup.from_query({}) == TrainingSetup()


def test_a_comparison_survives_its_link() -> None:
    entry = TrainingSetup(["cifar_resnet20", to_link(ModelSpec(attention="eca"))], repeats=3)
    entry.settings |= {"steps": 77, "learning_rate": 0.015, "schedule": "cosine", "dataset": "gratings"}
    assert TrainingSetup.from_query(as_lists(entry.to_query())) == entry


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"net": ["nonsense"]}, "cannot be used"),
        ({"steps": ["-1"]}, "Steps: -1 is not a whole number from 1 to 200,000"),
        ({"steps": ["many"]}, "is not a number"),
        ({"learning_rate": ["nan"]}, "Learning rate: nan"),
        ({"dataset": ["imagenet"]}, "Data set: 'imagenet'"),
        ({"net": ["cifar_resnet20"] * 50}, f"the first {MOST_NETWORKS}"),
    ],
)
def test_a_hostile_link_is_answered_in_sentences(query: dict[str, list[str]], said: str) -> None:
    entry = TrainingSetup.from_query(query)
    assert said in " ".join(entry.refused)
    assert len(entry.named_networks) <= MOST_NETWORKS


def test_a_comparison_for_nobody_or_with_impossible_settings_is_refused_by_field() -> None:
    with pytest.raises(SettingsError) as nobody:
        TrainingSetup([]).checked()
    assert nobody.value.field == "networks"
    entry = TrainingSetup()
    entry.settings["warmup_steps"] = 500
    with pytest.raises(SettingsError) as late:
        entry.checked()
    assert late.value.field == "warmup_steps"


def test_seeds_count_up_from_the_chosen_one() -> None:
    entry = TrainingSetup(repeats=3)
    entry.settings["seed"] = 7
    assert entry.seeds() == [7, 8, 9]


def test_a_data_set_brings_what_suits_it_and_a_link_says_only_what_differs_from_that() -> None:
    entry = TrainingSetup()
    entry.take_dataset("cifar10")
    assert entry.settings["augmentation"] == "crop_flip"
    assert entry.to_query() == {"dataset": "cifar10"}
    assert TrainingSetup.from_query({"dataset": ["cifar10"]}) == entry
    entry.settings["augmentation"] = "none"
    assert entry.to_query() == {"dataset": "cifar10", "augmentation": "none"}
    assert TrainingSetup.from_query(as_lists(entry.to_query())) == entry
    entry.take_dataset("digits")
    assert entry.settings["augmentation"] == "none"
    assert entry.settings["evaluate_every"] == TrainingSetup().settings["evaluate_every"]


def test_a_link_names_somebody_s_own_images_though_they_are_not_here() -> None:
    name = f"own_{'0' * 32}"
    assert TrainingSetup.from_query({"dataset": [name]}).settings["dataset"] == name
    assert TrainingSetup.from_query({"dataset": [name]}).refused == []
    assert "Data set" in TrainingSetup.from_query({"dataset": ["own_../../x"]}).refused[0]
