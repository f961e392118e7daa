"""Which runs the Runs page lists and which of them are chosen: plain values that the address bar carries."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from explorer.datasets.catalogue import is_dataset
from explorer.runs.records import STATES, RunRecord

RUN_ID = re.compile(r"[0-9a-f]{32}")
LONGEST_TEXT = 200


@dataclass
class Listing:
    """The filters, each open while it is empty, and the chosen runs by id."""

    text: str = ""
    networks: list[str] = field(default_factory=list)
    """Labels of runs."""
    datasets: list[str] = field(default_factory=list)
    states: list[str] = field(default_factory=list)
    deleted: bool = False
    """Whether the deleted runs are listed, instead of the others."""
    chosen: list[str] | None = None
    """Ids of the chosen runs; None before anything was chosen."""

    @classmethod
    def from_query(cls, query: Mapping[str, Sequence[str]]) -> "Listing":
        """The listing of a link; what it names and does not exist is left out."""
        runs = [name for name in query.get("run", ()) if RUN_ID.fullmatch(name)]
        return cls(
            text="".join(query.get("text", ())[-1:])[:LONGEST_TEXT],
            networks=list(dict.fromkeys(query.get("network", ()))),
            datasets=[name for name in query.get("dataset", ()) if is_dataset(name)],
            states=[name for name in STATES if name in query.get("state", ())],
            deleted="1" in query.get("deleted", ()),
            chosen=runs or None,
        )

    def to_query(self) -> dict[str, list[str] | str]:
        """What the address bar shows."""
        query: dict[str, list[str] | str] = {}
        named = {"network": self.networks, "dataset": self.datasets, "state": self.states, "run": self.chosen or []}
        query |= {name: list(values) for name, values in named.items() if values}
        query |= {"text": self.text} if self.text else {}
        return query | ({"deleted": "1"} if self.deleted else {})

    def matches(self, run: RunRecord) -> bool:
        """Whether a run passes every filter; the text is looked for in its label and in its comparison's name."""
        return (
            (not self.networks or run.label in self.networks)
            and (not self.datasets or run.dataset in self.datasets)
            and (not self.states or run.state in self.states)
            and any(self.text.strip().casefold() in words.casefold() for words in (run.label, run.comparison_name))
        )

    def listed(self, runs: Iterable[RunRecord]) -> list[RunRecord]:
        """The runs that pass every filter, in their order."""
        return [run for run in runs if self.matches(run)]

    def chosen_among(self, runs: Sequence[RunRecord]) -> list[RunRecord]:
        """The chosen ones of the listed runs; the newest comparison's before anything was chosen."""
        if self.chosen is None:
            return [run for run in runs if run.comparison_id == runs[0].comparison_id]
        return [run for run in runs if run.id in self.chosen]

    def choose(self, run_ids: Iterable[str], among: Iterable[str]) -> None:
        """Chooses these runs of the listed ones; what the filters hide stays as it was."""
        shown = set(among)
        self.chosen = [*(run_id for run_id in self.chosen or () if run_id not in shown), *run_ids]
