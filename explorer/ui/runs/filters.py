"""The filters of the Runs page and the chosen runs: plain values that are kept in the address bar."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from explorer.datasets.catalogue import is_dataset
from explorer.language import N_, _, ngettext
from explorer.model.field_types import Choice, Flag, Text
from explorer.outputs.formatting import whole
from explorer.runs.records import STATES, RunRecord
from explorer.ui.common.address import AddressField, PageAddress, Problem, Query
from explorer.ui.common.address_types import CheckedText, Value

RUN_ID = re.compile(r"[0-9a-f]{32}")
LONGEST_TEXT = 200
MOST_LISTED = 500

CHOSEN = AddressField(
    "run",
    N_("Chosen runs"),
    CheckedText(lambda text: RUN_ID.fullmatch(text) is not None, N_("a run's id, 32 hexadecimal digits")),
    (),
    "The chosen runs.",
    MOST_LISTED,
)
ADDRESS = PageAddress(
    "runs",
    (
        AddressField(
            "text", N_("Name contains"), Value(Text(LONGEST_TEXT)), "", "A part of a run's or comparison's name."
        ),
        AddressField(
            "network", N_("Network"), Value(Text(LONGEST_TEXT)), (), "Only runs with this label.", MOST_LISTED
        ),
        AddressField(
            "dataset",
            N_("Data set"),
            CheckedText(is_dataset, N_("a data set's name")),
            (),
            "Only runs on this data set.",
            MOST_LISTED,
        ),
        AddressField("state", N_("State"), Value(Choice(STATES)), (), "Only runs in this state.", len(STATES)),
        AddressField(
            "deleted", N_("Deleted runs"), Value(Flag()), False, "Lists the deleted runs instead of the others."
        ),
        CHOSEN,
    ),
)


@dataclass
class Listing:
    """The filters, of which an empty one matches every run, and the chosen runs by id."""

    text: str = ""
    networks: list[str] = field(default_factory=list)
    """Labels of runs."""
    datasets: list[str] = field(default_factory=list)
    states: list[str] = field(default_factory=list)
    deleted: bool = False
    """Whether the deleted runs are listed, instead of the others."""
    chosen: list[str] | None = None
    """Ids of the chosen runs; None before anything was chosen."""
    warnings: list[str] = field(default_factory=list)
    """Sentences about the values of a link that could not be used."""
    from_link: bool = field(default=False, compare=False)
    """Whether a link named the chosen runs, and nobody has looked yet whether they are there."""

    @classmethod
    def from_query(cls, query: Query) -> "Listing":
        """The listing of a link."""
        read = ADDRESS.read(query)
        values = {**ADDRESS.defaults(), **read.values}
        lists = (values["network"], values["dataset"], values["state"])
        chosen = read.values.get("run")
        return cls(values["text"], *lists, values["deleted"], chosen, read.warnings, from_link=bool(chosen))

    def keep_present(self, run_ids: Iterable[str]) -> None:
        """Drops the runs that a link chose and that are not among these, and says so in a sentence."""
        present, named = set(run_ids), self.chosen or []
        found = [run_id for run_id in named if run_id in present]
        if self.from_link and len(found) < len(named):
            what = ngettext(
                "{missing} of {count} run named are not in this browser's list",
                "{missing} of {count} runs named are not in this browser's list",
                len(named),
            ).format(missing=whole(len(named) - len(found)), count=whole(len(named)))
            used = _("the others are chosen") if found else _("the newest comparison is chosen instead")
            self.warnings.append(Problem(CHOSEN, what, used).sentence)
            self.chosen = found or None
        self.from_link = False

    def to_query(self) -> dict[str, list[str] | str]:
        """The query for the address bar; an empty `run` where no run is chosen any more."""
        lists = {"network": self.networks, "dataset": self.datasets, "state": self.states, "run": self.chosen or []}
        nothing_chosen: dict[str, list[str] | str] = {"run": ""} if self.chosen == [] else {}
        return ADDRESS.write({"text": self.text, "deleted": self.deleted, **lists}) | nothing_chosen

    def matches(self, run: RunRecord) -> bool:
        """Whether a run matches every filter; the text may be in its label or in its comparison's name."""
        return (
            (not self.networks or run.label in self.networks)
            and (not self.datasets or run.dataset in self.datasets)
            and (not self.states or run.state in self.states)
            and any(self.text.strip().casefold() in name.casefold() for name in (run.label, run.comparison_name))
        )

    def listed(self, runs: Iterable[RunRecord]) -> list[RunRecord]:
        """The runs that match every filter, in their order."""
        return [run for run in runs if self.matches(run)]

    def chosen_among(self, runs: Sequence[RunRecord]) -> list[RunRecord]:
        """The chosen ones of the listed runs; the newest comparison's before anything was chosen."""
        if self.chosen is None:
            return [run for run in runs if run.comparison_id == runs[0].comparison_id]
        return [run for run in runs if run.id in self.chosen]

    def choose(self, run_ids: Iterable[str], among: Iterable[str]) -> None:
        """Chooses these runs of the listed ones; hidden runs stay as they were."""
        shown = set(among)
        self.chosen = [*(run_id for run_id in self.chosen or () if run_id not in shown), *run_ids]
