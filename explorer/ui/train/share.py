"""A race to pass on: its link, which opens it here and sets it up anywhere else, and the command that repeats it."""

import json
import shlex
from urllib.parse import urlencode

import streamlit as st

from explorer.jobs.errors import SettingsError
from explorer.model import PRESETS, SpecError
from explorer.runs.records import RaceRecord
from explorer.ui.runs.rerun import entry_of
from explorer.ui.train.setup import DEFAULTS, MOST_REPEATS, Entry, contestant_name, defaults_of


def entry_of_race(race: RaceRecord) -> Entry | None:
    """The race's own contestants, settings and seeds in Train's controls; None where they cannot be read any more."""
    entry = entry_of(race.runs)
    if entry is None:
        return None
    seeds = sorted({run.seed for run in race.runs})
    entry.settings["seed"] = seeds[0]
    entry.repeats = min(MOST_REPEATS, len(seeds))
    return entry


def query_of(race: RaceRecord) -> dict[str, list[str] | str]:
    """The link's query: the race itself for this server, and all that it takes to run it again on any other."""
    entry = entry_of_race(race)
    return {"race": race.id} | (entry.to_query() if entry else {})


def link_of(race: RaceRecord, page: str) -> str:
    """The whole link; `page` is an address of this page, whose own query is left out."""
    return f"{page.split('?', maxsplit=1)[0]}?{urlencode(query_of(race), doseq=True)}"


def command_of(race: RaceRecord) -> str:
    """The command that trains the same: one line for each seed. Raises SpecError and SettingsError."""
    entry = entry_of_race(race)
    if entry is None:
        raise SettingsError("race", "its networks or settings cannot be read any more")
    specs = {contestant_name(run.spec): run.spec for run in race.runs}
    models = [shlex.quote(name if name in PRESETS else specs[name].to_json()) for name in entry.contestants]
    usual = defaults_of(str(entry.settings["dataset"]))
    changed = {
        name: value
        for name, value in entry.settings.items()
        if name != "seed" and not value == DEFAULTS[name] == usual[name]
    }
    options = [f"--{name.replace('_', '-')} {shlex.quote(_text(value))}" for name, value in changed.items()]
    lines = [
        " ".join(["python -m explorer train", *models, *options, f"--seed {seed}"])
        for seed in sorted({run.seed for run in race.runs})
    ]
    return "\n".join(lines)


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def show(race: RaceRecord) -> None:
    """A button that opens link and command, both to be copied."""
    with st.popover("Share", icon=":material/share:", key="share"):
        st.markdown("**Link.** On this server it opens this race with its curves. Elsewhere it sets the same race up:")
        st.code(link_of(race, st.context.url or "/train"), language=None, wrap_lines=True)
        try:
            command = command_of(race)
        except (SpecError, SettingsError) as error:
            st.caption(f"The race cannot be repeated: {error}.")
            return
        st.markdown("**Command.** It trains the same networks on the same images in the same order:")
        st.code(command, language="sh", wrap_lines=True)
        st.caption("On a processor of the same kind with the same torch, losses and errors are the same to the digit.")
