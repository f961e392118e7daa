"""The default comparison at one click: the visitor's newest one that runs or is finished, or a new one."""

from explorer.language import speaking
from explorer.language.catalogues import SOURCE
from explorer.runs.records import TrainingComparison
from explorer.ui.classroom import gate
from explorer.ui.common.services import Services
from explorer.ui.train.setup import TrainingSetup
from explorer.ui.train.share import setup_of_comparison

RECENT = 20
"""The comparisons among which an earlier one is looked for."""
SHOWN = ("queued", "running", "finished")
"""States of runs with which a comparison shows a result, now or soon."""


def create(setup: TrainingSetup, shared: Services, owner: str) -> TrainingComparison:
    """A new comparison in the queue. Raises SettingsError, StoreError and LauncherError."""
    gate.require_access()
    # Names are stored, and others may read them in another language.
    with speaking(SOURCE):
        (named_networks, settings), name = setup.checked(), setup.title()
    comparison = shared.store.create_comparison(
        named_networks,
        settings,
        owner=owner,
        name=name,
        seeds=setup.seeds(),
        pool=shared.launcher.pool,
        usual_start=setup.usual_start,
    )
    shared.launcher.wake()
    return comparison


def find_or_start(shared: Services, owner: str) -> TrainingComparison:
    """This visitor's default comparison. Raises as `create` does."""
    wanted = TrainingSetup()
    for comparison in shared.store.comparisons(owner=owner, limit=RECENT):
        if setup_of_comparison(comparison) == wanted and all(run.state in SHOWN for run in comparison.runs):
            return comparison
    return create(wanted, shared, owner)
