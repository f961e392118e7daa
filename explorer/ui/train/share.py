"""Sharing a comparison: a link that opens it here and sets it up elsewhere, and a command that repeats it."""

import json
import shlex
from urllib.parse import urlencode

import streamlit as st

from explorer.jobs.errors import SettingsError
from explorer.language import _, sentence
from explorer.model import PRESETS, SpecError
from explorer.runs.records import TrainingComparison
from explorer.ui.common.networks import network_name
from explorer.ui.train.setup import DEFAULTS, MOST_REPEATS, TrainingSetup, defaults_of, setup_of_runs


def setup_of_comparison(comparison: TrainingComparison) -> TrainingSetup | None:
    """The comparison's networks, settings and seeds as a setup of Train; None where they can no longer be read."""
    setup = setup_of_runs(comparison.runs)
    if setup is None:
        return None
    seeds = sorted({run.seed for run in comparison.runs})
    setup.settings["seed"] = seeds[0]
    setup.repeats = min(MOST_REPEATS, len(seeds))
    setup.usual_start = len({run.settings.start_from for run in comparison.runs}) > 1
    return setup


def query_of(comparison: TrainingComparison) -> dict[str, list[str] | str]:
    """The query of the link: the comparison's id for this server, and its setup for any other server."""
    setup = setup_of_comparison(comparison)
    return {"race": comparison.id} | (setup.to_query() if setup else {})


def link_of(comparison: TrainingComparison, page: str) -> str:
    """The whole link; `page` is an address of this page, whose query is left out."""
    return f"{page.split('?', maxsplit=1)[0]}?{urlencode(query_of(comparison), doseq=True)}"


def command_of(comparison: TrainingComparison) -> str:
    """The command that repeats the training, one line for each seed. Raises SpecError and SettingsError."""
    setup = setup_of_comparison(comparison)
    if setup is None:
        raise SettingsError("race", sentence("its networks or settings can no longer be read"))
    specs = {network_name(run.spec): run.spec for run in comparison.runs}
    models = [shlex.quote(name if name in PRESETS else specs[name].to_json()) for name in setup.named_networks]
    usual = defaults_of(str(setup.settings["dataset"]))
    changed = {
        name: value
        for name, value in setup.settings.items()
        if name != "seed" and not value == DEFAULTS[name] == usual[name]
    }
    options = [
        f"--{name.replace('_', '-')} {shlex.quote(value if isinstance(value, str) else json.dumps(value))}"
        for name, value in changed.items()
    ]
    options += ["--usual-start"] * setup.usual_start
    lines = [
        " ".join(["python -m explorer train", *models, *options, f"--seed {seed}"])
        for seed in sorted({run.seed for run in comparison.runs})
    ]
    return "\n".join(lines)


def share_button(comparison: TrainingComparison) -> None:
    """Draws a button that opens the link and the command."""
    with st.popover(_("Share"), icon=":material/share:", key="share"):
        st.markdown(
            _(
                "**Link.** On this server it opens this comparison with its curves; on another server it sets it up"
                " again:"
            )
        )
        st.code(link_of(comparison, st.context.url or "/train"), language=None, wrap_lines=True)
        try:
            command = command_of(comparison)
        except (SpecError, SettingsError) as error:
            st.caption(_("The comparison cannot be repeated: {error}.").format(error=error))
            return
        st.markdown(_("**Command.** It trains the same networks on the same images in the same order:"))
        st.code(command, language="sh", wrap_lines=True)
        st.caption(_("On a processor of the same kind with the same torch, losses and errors are exactly the same."))
