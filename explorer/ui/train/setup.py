"""A training comparison before it starts: its networks and settings, as plain values that may still be invalid."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from explorer.datasets.catalogue import dataset_label, with_defaults_of_dataset
from explorer.datasets.library import require_present
from explorer.jobs.errors import SettingsError
from explorer.model import SpecError
from explorer.runs.limits import check_trainable
from explorer.runs.records import NamedNetwork, RunRecord
from explorer.runs.settings import NUMBERS, TrainingSettings
from explorer.ui.common.networks import network_label, network_name, network_spec
from explorer.ui.common.setting_labels import setting_label

DEFAULT_NETWORKS = ("cifar_plain20", "cifar_plain56", "cifar_resnet20", "cifar_resnet56")
MOST_NETWORKS = 8
MOST_REPEATS = 5
DEFAULTS: Mapping[str, Any] = TrainingSettings().to_dict()


def defaults_of(dataset: str) -> dict[str, Any]:
    """The settings that stand for a data set as long as nobody changes them."""
    return {**DEFAULTS, **with_defaults_of_dataset({"dataset": dataset})}


@dataclass
class TrainingSetup:
    """The networks by name or link, the settings' values, and how many seeds each network gets."""

    named_networks: list[str] = field(default_factory=lambda: list(DEFAULT_NETWORKS))
    settings: dict[str, Any] = field(default_factory=lambda: dict(DEFAULTS))
    repeats: int = 1
    refused: list[str] = field(default_factory=list)
    """Sentences about what a link asked for and could not be given."""

    @classmethod
    def from_query(cls, query: Mapping[str, Sequence[str]]) -> "TrainingSetup":
        """The entry of a link: `net` for each network, and any setting by name."""
        entry = cls()
        entry._read_named_networks(list(query.get("net", ())))
        for name, default in DEFAULTS.items():
            if name in query:
                entry._read(name, query[name][-1], default)
        suited = defaults_of(entry.settings["dataset"])
        entry.settings |= {name: suited[name] for name in suited if name not in query}
        if "seeds" in query:
            text = query["seeds"][-1]
            entry.repeats = int(text) if text.isdigit() and 1 <= int(text[:3]) <= MOST_REPEATS else 1
        return entry

    def _read_named_networks(self, named: Sequence[str]) -> None:
        """Takes a link's networks; with none that can be used, those of the usual comparison stand."""
        if named:
            self.named_networks = []
        for name in named[:MOST_NETWORKS]:
            try:
                network_spec(name)
                self.named_networks.append(name)
            except SpecError as error:
                self.refused.append(f"A network of this link cannot be used: {error.message}")
        if self.refused and not self.named_networks:
            self.named_networks = list(DEFAULT_NETWORKS)
        if len(named) > MOST_NETWORKS:
            self.refused.append(f"The link names {len(named)} networks; the first {MOST_NETWORKS} are here.")

    def _read(self, name: str, text: str, default: object) -> None:
        try:
            value: Any = text if isinstance(default, str) else type(default)(text)  # type: ignore[call-arg]
            TrainingSettings.from_dict({name: value})
            self.settings[name] = value
        except SettingsError as error:
            self.refused.append(f"{setting_label(error.field)}: {error.message}. The default stands.")
        except ValueError:
            self.refused.append(f"{setting_label(name)}: {text[:40]!r} is not a number. The default stands.")

    def to_query(self) -> dict[str, list[str] | str]:
        """What the address bar shows: only what differs from the default comparison."""
        query: dict[str, list[str] | str] = {}
        if tuple(self.named_networks) != DEFAULT_NETWORKS:
            query["net"] = list(self.named_networks)
        usual = {**defaults_of(self.settings["dataset"]), "dataset": DEFAULTS["dataset"]}
        changed = {name: value for name, value in self.settings.items() if value != usual[name]}
        query |= {name: f"{value:g}" if isinstance(value, float) else str(value) for name, value in changed.items()}
        if self.repeats != 1:
            query["seeds"] = str(self.repeats)
        return query

    def take_dataset(self, name: str) -> None:
        """Chooses a data set; settings that were at the old one's usual values go to the new one's."""
        before, after = defaults_of(self.settings["dataset"]), defaults_of(name)
        self.settings |= {key: after[key] for key in after if self.settings[key] == before[key]}
        self.settings["dataset"] = name

    def seeds(self) -> list[int]:
        """The seeds, beginning at the chosen one."""
        first = int(self.settings["seed"])
        return [min(first + number, int(NUMBERS["seed"].kind.high)) for number in range(self.repeats)]

    def checked(self) -> tuple[list[NamedNetwork], TrainingSettings]:
        """What the store takes. Raises SettingsError (with `networks` as the field where that is at fault)."""
        settings = TrainingSettings.from_dict(self.settings)
        if not self.named_networks:
            raise SettingsError("networks", "a training comparison needs at least one network; choose some")
        require_present(settings.dataset)
        found = []
        for name in self.named_networks:
            try:
                spec = network_spec(name)
                check_trainable(spec, settings)
            except SpecError as error:
                raise SettingsError("networks", f"{network_label(name)}: {error.message}") from error
            except SettingsError as error:
                raise SettingsError(error.field, f"{network_label(name)}: {error.message}") from error
            found.append(NamedNetwork(network_label(name), spec))
        return found, settings

    def title(self) -> str:
        """What the comparison is called in lists."""
        labels = [network_label(name) for name in self.named_networks]
        shown = ", ".join(labels[:4]) + (f" and {len(labels) - 4} more" if len(labels) > 4 else "")
        return f"{shown} on {dataset_label(self.settings['dataset'])}, {self.settings['steps']:,} steps"


def setup_of_runs(runs: Sequence[RunRecord]) -> TrainingSetup | None:
    """Train's controls filled with the runs' networks and the first run's settings; None where none can be read."""
    try:
        names = list(dict.fromkeys(network_name(run.spec) for run in runs))[:MOST_NETWORKS]
        return TrainingSetup(names, runs[0].settings.to_dict())
    except (SpecError, SettingsError):
        return None
