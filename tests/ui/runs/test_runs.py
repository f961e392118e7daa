"""What the Runs page lists, chooses and sets up again, without a browser."""

import pytest

from explorer.jobs.errors import SettingsError
from explorer.model import preset
from explorer.runs.records import NamedNetwork, RunRecord
from explorer.runs.settings import TrainingSettings
from explorer.runs.store.store import Store
from explorer.ui.runs.filters import Listing
from explorer.ui.runs.rerun import reruns, seeded_name
from explorer.ui.runs.table import history_table
from explorer.ui.train.setup import TrainingSetup, fine_tuning_of, setup_of_runs
from explorer.ui.train.share import command_of, setup_of_comparison
from tests.texts import numbers


def runs_of(
    store: Store, *names: str, comparison: str = "a training comparison", **settings: object
) -> list[RunRecord]:
    named_networks = [NamedNetwork(name, preset(name)) for name in names]
    own = TrainingSettings.from_dict(settings)
    return list(store.create_comparison(named_networks, own, owner="me", name=comparison).runs)


def test_a_listing_survives_its_link() -> None:
    listing = Listing("shallow", ["a", "b"], ["digits"], ["finished", "failed"], True, ["0" * 32, "f" * 32])
    query = {name: [value] if isinstance(value, str) else value for name, value in listing.to_query().items()}
    assert Listing.from_query(query) == listing
    assert Listing().to_query() == {}


def test_what_a_link_invents_is_left_out() -> None:
    query = {"dataset": ["digits", "moon"], "state": ["asleep"], "run": ["../etc", "A" * 32], "deleted": ["yes"]}
    listing = Listing.from_query(query)
    assert len(listing.warnings) == len(query), "one sentence for each name"
    listing.warnings.clear()
    assert listing == Listing(datasets=["digits"])


def test_every_filter_must_be_passed(data_directory) -> None:
    store = Store()
    runs = runs_of(store, "cifar_plain20", "cifar_resnet20", comparison="Deep ones") + runs_of(
        store, "cifar_resnet20", dataset="shapes_easy"
    )
    assert Listing().listed(runs) == runs
    assert Listing(networks=["cifar_resnet20"]).listed(runs) == runs[1:]
    assert Listing(networks=["cifar_resnet20"], datasets=["digits"]).listed(runs) == [runs[1]]
    assert Listing(text=" dEEp ").listed(runs) == runs[:2]
    assert Listing(text="PLAIN").listed(runs) == runs[:1]
    assert Listing(states=["finished"]).listed(runs) == []


def test_a_choice_leaves_hidden_runs_as_they_were(data_directory) -> None:
    store = Store()
    older, newer = runs_of(store, "cifar_plain20"), runs_of(store, "cifar_resnet20", "cifar_resnet56")
    runs = newer + older
    listing = Listing()
    assert listing.chosen_among(runs) == newer, "the newest comparison at first"
    listing.choose([older[0].id, newer[0].id], [run.id for run in runs])
    listing.choose([newer[1].id], [run.id for run in newer])
    assert {run.id for run in listing.chosen_among(runs)} == {older[0].id, newer[1].id}
    assert listing.chosen_among(newer) == [newer[1]]
    listing.choose([], [run.id for run in runs])
    assert listing.chosen_among(runs) == []


def test_a_rerun_is_one_comparison_for_each_set_of_settings_with_a_fresh_seed(data_directory) -> None:
    store = Store()
    slow = runs_of(store, "cifar_plain20", "cifar_resnet20", learning_rate=0.01, seed=4)
    name = slow[0].comparison_name
    again = runs_of(store, "cifar_resnet20", learning_rate=0.01, seed=6, comparison=seeded_name(name, 6))
    fast = runs_of(store, "cifar_resnet56", learning_rate=0.1, comparison="fast")
    first, second = reruns([*slow, *again, *fast], [*slow, *again, *fast])
    assert [network.label for network in first.named_networks] == ["cifar_plain20", "cifar_resnet20"]
    assert (first.settings.seed, first.settings.learning_rate) == (7, 0.01)
    assert (second.settings.seed, second.name) == (1, seeded_name("fast", 1))
    assert first.name == reruns(again, slow)[0].name == seeded_name(name, 7)
    assert numbers(first.name) == ["7"], "the old seed's name makes room"


def test_a_rerun_that_cannot_be_trained_says_why(data_directory) -> None:
    store = Store()
    network = NamedNetwork("broken", preset("cifar_resnet20"))
    (run,) = store.create_comparison([network], TrainingSettings(), owner="me", name="r").runs
    object.__setattr__(run, "spec_json", '{"block": "nonsense"}')
    with pytest.raises(SettingsError, match=r"^networks: broken .*'nonsense'"):
        reruns([run], [])
    assert setup_of_runs([run]) is None


def test_train_is_set_up_with_the_networks_and_the_first_ones_settings(data_directory) -> None:
    store = Store()
    runs = runs_of(store, "cifar_resnet20", steps=77) + runs_of(store, "cifar_plain20", "cifar_resnet20")
    setup = setup_of_runs(runs)
    assert setup is not None
    assert setup.named_networks == ["cifar_resnet20", "cifar_plain20"]
    assert setup.settings["steps"] == 77
    assert TrainingSetup.from_query({"net": setup.named_networks, "steps": ["77"]}).settings == setup.settings


def test_reasons_have_a_column_only_where_there_are_any(data_directory) -> None:
    store = Store()
    (run,) = runs_of(store, "cifar_resnet20")
    assert "reason" not in history_table([run])
    object.__setattr__(run, "reason", "disk")
    assert history_table([run])["reason"].tolist() == ["disk"]


def test_a_training_from_weights_and_from_the_usual_start_are_set_up_again_together(data_directory) -> None:
    store, start = Store(), "ab" * 16
    network = NamedNetwork("A", preset("cifar_resnet20"))
    settings = TrainingSettings(start_from=start, frozen="stem")
    comparison = store.create_comparison([network], settings, owner="me", name="both", usual_start=True, seeds=(0, 1))
    assert [(run.label, run.settings.start_from, run.settings.frozen, run.seed) for run in comparison.runs] == [
        ("A", start, "stem", 0),
        ("A, from its usual start", "", "none", 0),
        ("A", start, "stem", 1),
        ("A, from its usual start", "", "none", 1),
    ]
    setup = setup_of_comparison(comparison)
    assert setup is not None
    assert (setup.usual_start, setup.repeats, setup.settings["start_from"]) == (True, 2, start)
    assert command_of(comparison).splitlines()[0].endswith(f"--start-from {start} --frozen stem --usual-start --seed 0")


def test_kept_weights_are_not_trained_again(data_directory) -> None:
    store, run_id = Store(), "cd" * 16
    network = NamedNetwork("A", preset("cifar_resnet20"))
    store.keep_weights(run_id, network, TrainingSettings(), owner="me", source="a.pth", has_images=False)
    kept = store.run(run_id)
    assert kept is not None
    assert (kept.was_trained, kept.dataset, kept.reason) == (False, "", "Weights from a.pth; not trained here.")
    assert reruns([kept], [kept]) == []
    setup = fine_tuning_of(kept)
    assert setup is not None
    assert setup.settings["start_from"] == run_id
    assert TrainingSetup.from_query({"start_from": [run_id]}).settings["start_from"] == run_id
