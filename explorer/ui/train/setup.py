"""A training comparison before it starts: its networks and settings, as plain values that may still be invalid."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from types import MappingProxyType
from typing import Any

from explorer.datasets.catalogue import dataset_label, is_dataset, with_defaults_of_dataset
from explorer.datasets.library import require_present
from explorer.jobs.errors import SettingsError
from explorer.language import N_, sentence
from explorer.model import SpecError
from explorer.model.field_types import Choice, Flag, Text, Whole
from explorer.outputs.formatting import capitalised
from explorer.runs.limits import check_trainable
from explorer.runs.records import NamedNetwork, RunRecord
from explorer.runs.settings import CHOICES, NUMBERS, TrainingSettings
from explorer.runs.start import TEXTS
from explorer.ui.common.address import AddressField, PageAddress, Query
from explorer.ui.common.address_types import AddressType, CheckedText, NetworkName, Value
from explorer.ui.common.networks import network_label, network_name, network_spec, stored_label
from explorer.ui.common.setting_labels import setting_label

DEFAULT_NETWORKS = ("cifar_plain20", "cifar_plain56", "cifar_resnet20", "cifar_resnet56")
MOST_NETWORKS = 8
MOST_REPEATS = 5
DEFAULTS: Mapping[str, Any] = asdict(TrainingSettings())


MEANINGS: Mapping[str, str] = MappingProxyType(
    {name: number.about for name, number in NUMBERS.items()}
    | {
        "dataset": N_("the images"),
        "schedule": N_("how the learning rate changes over the steps"),
        "device": N_("where the networks are trained"),
        "precision": N_("the number format"),
        "optimiser": N_("how a weight follows its gradient"),
        "augmentation": N_("how the training images are varied"),
        "frozen": N_("the part of the network that keeps the weights it starts from"),
    }
    | {name: text.about for name, text in TEXTS.items()}
)


def _setting(name: str) -> AddressField:
    """A setting's field. A data set may also be a visitor's own images, whose names are in no table."""
    if name == "dataset":
        named = ", ".join(f"`{key}`" for key in CHOICES[name])
        kind: AddressType = CheckedText(is_dataset, f"one of {named}, or the name of a visitor's own images")
    elif name in TEXTS:
        kind = CheckedText(TEXTS[name].fits, TEXTS[name].what)
    else:
        kind = Value(NUMBERS[name].kind if name in NUMBERS else Choice(CHOICES[name]))
    meaning = f"{capitalised(MEANINGS[name])}."
    return AddressField(name, setting_label(name), kind, DEFAULTS[name], meaning)


ADDRESS = PageAddress(
    "train",
    (
        AddressField(
            *("race", N_("Comparison"), Value(Text(64)), "", N_("The training comparison that is shown, by its id.")),
            is_control=False,
        ),
        AddressField("net", N_("Networks"), NetworkName(), DEFAULT_NETWORKS, N_("The networks."), most=MOST_NETWORKS),
        *(_setting(name) for name in DEFAULTS),
        AddressField(
            "seeds", N_("Runs of each network"), Value(Whole(1, MOST_REPEATS)), 1, N_("Each with its own seed.")
        ),
        AddressField(
            "usual_start",
            N_("Usual start too"),
            Value(Flag()),
            False,
            N_("Each network once more, from random weights."),
        ),
    ),
)
"""The defaults of the settings are those of the digits; other data sets have their own."""


def defaults_of(dataset: str) -> dict[str, Any]:
    """The default settings for a data set."""
    return {**DEFAULTS, **with_defaults_of_dataset({"dataset": dataset})}


@dataclass
class TrainingSetup:
    """The networks by name or link, the settings' values, and how many seeds each network gets."""

    named_networks: list[str] = field(default_factory=lambda: list(DEFAULT_NETWORKS))
    settings: dict[str, Any] = field(default_factory=lambda: dict(DEFAULTS))
    repeats: int = 1
    usual_start: bool = False
    """Whether each network that starts from given weights is trained from its usual start too."""
    warnings: list[str] = field(default_factory=list)
    """Sentences about the values of a link that could not be used."""

    @classmethod
    def from_query(cls, query: Query) -> "TrainingSetup":
        """The setup of a link. A setting that is left out has the default of the data set."""
        read = ADDRESS.read(query)
        usual = defaults_of(read.values.get("dataset", DEFAULTS["dataset"]))
        values = {**ADDRESS.defaults(), **usual, **read.values}
        settings = {name: values[name] for name in DEFAULTS}
        return cls(values["net"], settings, values["seeds"], values["usual_start"], read.warnings)

    def to_query(self) -> dict[str, list[str] | str]:
        """The query for the address bar: only values that differ from the defaults of the data set."""
        usual = defaults_of(self.settings["dataset"]) | {"dataset": DEFAULTS["dataset"]}
        own = {"net": self.named_networks, "seeds": self.repeats, "usual_start": self.usual_start}
        return ADDRESS.write({**own, **self.settings}, usual)

    def take_dataset(self, name: str) -> None:
        """Chooses a data set; settings at the defaults of the old one get the defaults of the new one."""
        before, after = defaults_of(self.settings["dataset"]), defaults_of(name)
        self.settings |= {key: after[key] for key in after if self.settings[key] == before[key]}
        self.settings["dataset"] = name

    def seeds(self) -> list[int]:
        """The seeds, starting at the chosen one."""
        first = int(self.settings["seed"])
        return [min(first + number, int(NUMBERS["seed"].kind.high)) for number in range(self.repeats)]

    def checked(self) -> tuple[list[NamedNetwork], TrainingSettings]:
        """The networks and settings for the store. Raises SettingsError, with `networks` as a network's field."""
        settings = TrainingSettings.from_dict(self.settings)
        if not self.named_networks:
            raise SettingsError("networks", sentence("a training comparison needs at least one network; choose one"))
        require_present(settings.dataset)
        found = []
        for name in self.named_networks:
            try:
                spec = network_spec(name)
                check_trainable(spec, settings)
            except (SpecError, SettingsError) as error:
                told = sentence("{network}: {message}", network=network_label(name), message=error.told)
                raise SettingsError("networks" if isinstance(error, SpecError) else error.field, told) from error
            found.append(NamedNetwork(stored_label(name), spec))
        return found, settings

    @property
    def starts(self) -> int:
        """How many runs each network gets with each seed."""
        return 2 if self.usual_start and self.settings["start_from"] else 1

    def title(self) -> str:
        """The name of the comparison in lists."""
        labels = [stored_label(name) for name in self.named_networks]
        shown = ", ".join(labels[:4]) + (f" and {len(labels) - 4} more" if len(labels) > 4 else "")
        return f"{shown} on {dataset_label(self.settings['dataset'])}, {self.settings['steps']:,} steps"


def setup_of_runs(runs: Sequence[RunRecord]) -> TrainingSetup | None:
    """Train's controls filled with the runs' networks and the first run's settings; None where none can be read."""
    try:
        names = list(dict.fromkeys(network_name(run.spec) for run in runs))[:MOST_NETWORKS]
        return TrainingSetup(names, {**DEFAULTS, **runs[0].settings.to_dict()})
    except (SpecError, SettingsError):
        return None


def fine_tuning_of(run: RunRecord) -> TrainingSetup | None:
    """Train's controls filled for a training of a finished run's network from its weights; None where unreadable."""
    try:
        dataset = run.settings.dataset
        given = {"start_from": run.id, "normalisation": run.settings.normalisation}
        return TrainingSetup([network_name(run.spec)], {**defaults_of(dataset), "dataset": dataset, **given})
    except (SpecError, SettingsError):
        return None


def query_of_setup(setup: TrainingSetup) -> dict[str, list[str] | str]:
    """The query that opens Train with a setup: its networks are named even where they are the usual ones."""
    return {"net": setup.named_networks, **setup.to_query()}
