"""A race in preparation: who runs, and how. Held as plain values, since a visitor may be in the middle of typing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from explorer.datasets.catalogue import dataset_label, with_defaults_of_dataset
from explorer.datasets.library import require_present
from explorer.jobs.errors import SettingsError
from explorer.model import PRESETS, ModelSpec, SpecError, preset
from explorer.model.text.link import from_link, to_link
from explorer.runs.limits import check_trainable
from explorer.runs.records import Contestant
from explorer.runs.settings import NUMBERS, TrainingSettings

DEFAULT_CONTESTANTS = ("cifar_plain20", "cifar_plain56", "cifar_resnet20", "cifar_resnet56")
MOST_CONTESTANTS = 8
MOST_REPEATS = 5
DEFAULTS: Mapping[str, Any] = TrainingSettings().to_dict()


LABELS = {
    "dataset": "Data set",
    "evaluate_every": "Test every … steps",
    "diagnose_every": "Measure gradients every … steps",
}


def setting_label(name: str) -> str:
    """A setting's name for a reader."""
    return LABELS.get(name, name.replace("_", " ").capitalize())


def contestant_spec(name: str) -> ModelSpec:
    """The network of a known name or of a link. Raises SpecError."""
    return preset(name) if name in PRESETS else from_link(name)


def contestant_label(name: str) -> str:
    """What a contestant is called: a known network's title, or that of the nearest one and what differs."""
    if name in PRESETS:
        return PRESETS[name].title
    try:
        spec = from_link(name)
    except SpecError:
        return name[:40]
    _, base, *changes = to_link(spec).split("~")[:-1]
    shown = ", ".join(change.replace(".", " = ", 1).replace("_", " ") for change in changes[:3])
    more = f" and {len(changes) - 3} more" if len(changes) > 3 else ""
    title = PRESETS[base].title if base in PRESETS else base
    return f"{title} with {shown}{more}" if changes else title


def contestant_name(spec: ModelSpec) -> str:
    """How a network is named in a race's address: by its preset's name, or its link."""
    text = to_link(spec)
    _, base, *changes = text.split("~")[:-1]
    return text if changes or base not in PRESETS else base


def plain_twin(spec: ModelSpec) -> ModelSpec | None:
    """The same network without shortcuts; None where it has none or where something it uses needs them."""
    fields = spec.to_dict() | {"shortcut": "none"}
    try:
        twin = ModelSpec(**fields)
    except SpecError:
        return None
    return None if twin == spec else twin


def defaults_of(dataset: str) -> dict[str, Any]:
    """The settings that stand for a data set as long as nobody changes them."""
    return {**DEFAULTS, **with_defaults_of_dataset({"dataset": dataset})}


@dataclass
class Entry:
    """The contestants by name or link, the settings' values, and how many seeds each contestant gets."""

    contestants: list[str] = field(default_factory=lambda: list(DEFAULT_CONTESTANTS))
    settings: dict[str, Any] = field(default_factory=lambda: dict(DEFAULTS))
    repeats: int = 1
    refused: list[str] = field(default_factory=list)
    """Sentences about what a link asked for and could not be given."""

    @classmethod
    def from_query(cls, query: Mapping[str, Sequence[str]]) -> "Entry":
        """The entry of a link: `net` for each contestant, and any setting by name."""
        entry = cls()
        entry._read_contestants(list(query.get("net", ())))
        for name, default in DEFAULTS.items():
            if name in query:
                entry._read(name, query[name][-1], default)
        suited = defaults_of(entry.settings["dataset"])
        entry.settings |= {name: suited[name] for name in suited if name not in query}
        if "seeds" in query:
            text = query["seeds"][-1]
            entry.repeats = int(text) if text.isdigit() and 1 <= int(text[:3]) <= MOST_REPEATS else 1
        return entry

    def _read_contestants(self, named: Sequence[str]) -> None:
        """Takes a link's contestants; with none that can be used, those of the usual race stand."""
        if named:
            self.contestants = []
        for name in named[:MOST_CONTESTANTS]:
            try:
                contestant_spec(name)
                self.contestants.append(name)
            except SpecError as error:
                self.refused.append(f"A contestant of this link cannot be used: {error.message}")
        if self.refused and not self.contestants:
            self.contestants = list(DEFAULT_CONTESTANTS)
        if len(named) > MOST_CONTESTANTS:
            self.refused.append(f"The link names {len(named)} contestants; the first {MOST_CONTESTANTS} are here.")

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
        """What the address bar shows: only what differs from the default race."""
        query: dict[str, list[str] | str] = {}
        if tuple(self.contestants) != DEFAULT_CONTESTANTS:
            query["net"] = list(self.contestants)
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

    def checked(self) -> tuple[list[Contestant], TrainingSettings]:
        """What the store takes. Raises SettingsError (with `contestants` as the field where that is at fault)."""
        settings = TrainingSettings.from_dict(self.settings)
        if not self.contestants:
            raise SettingsError("contestants", "a race needs at least one network; choose some")
        require_present(settings.dataset)
        found = []
        for name in self.contestants:
            try:
                spec = contestant_spec(name)
                check_trainable(spec, settings)
            except SpecError as error:
                raise SettingsError("contestants", f"{contestant_label(name)}: {error.message}") from error
            except SettingsError as error:
                raise SettingsError(error.field, f"{contestant_label(name)}: {error.message}") from error
            found.append(Contestant(contestant_label(name), spec))
        return found, settings

    def title(self) -> str:
        """What the race is called in lists."""
        labels = [contestant_label(name) for name in self.contestants]
        shown = ", ".join(labels[:4]) + (f" and {len(labels) - 4} more" if len(labels) > 4 else "")
        return f"{shown} on {dataset_label(self.settings['dataset'])}, {self.settings['steps']:,} steps"
