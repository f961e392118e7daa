"""For the browser tests of comparisons: small networks, a server with two workers, and access to its store."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from explorer.jobs.capacity import WORKERS_VARIABLE
from explorer.jobs.paths import sqlite_url
from explorer.model import preset
from explorer.model.link import to_link
from explorer.runs.records import RunRecord, TrainingComparison
from explorer.runs.store.store import Store
from tests.browser.server import RunningApp
from tests.browser.support import open_page

SMALL = to_link(replace(preset("cifar_resnet20"), stage_blocks=(1, 1, 1)))
SMALL_PLAIN = to_link(replace(preset("cifar_plain20"), stage_blocks=(1, 1, 1)))
ENDLESS = {"steps": 200_000, "batch_size": 8, "learning_rate": 0.001, "evaluate_every": 0}
"""Settings of a run that outlasts its test; the small learning rate keeps it from diverging."""
LONG = 240_000
"""Milliseconds that training may take on a busy machine."""
POINTS = "Number(document.querySelector('.residual-curves .plot')?.dataset.points ?? 0)"

# The first page of a server loads the interface in pieces; on a busy machine that takes more than the usual 5 s.
expect.set_options(timeout=30_000)


@pytest.fixture(scope="module")
def two_workers() -> Iterator[None]:
    """Two workers on every machine, so that a third run waits."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(WORKERS_VARIABLE, "2")
        yield


@contextmanager
def store_of(app: RunningApp) -> Iterator[Store]:
    """The run store of a server under test."""
    store = Store(sqlite_url(app.data))
    yield store
    store.close()


def start(page: Page, *nets: str, **settings: object) -> str:
    """The id of a comparison that is set up by its address and started by its button."""
    open_page(page, f"/train?{urlencode({'net': nets, **settings}, doseq=True)}")
    page.get_by_role("button", name=re.compile("^Start")).click()
    expect(page).to_have_url(re.compile("race=[0-9a-f]{32}"))
    return parse_qs(urlsplit(page.url).query)["race"][0]


def standings(page: Page) -> Locator:
    return page.locator(".st-key-standings")


def points(page: Page, at_least: int) -> None:
    """Wait until at least this many points of curves are drawn."""
    page.wait_for_function(f"() => {POINTS} >= {at_least}", timeout=LONG)


def comparison_when(
    store: Store, comparison_id: str, condition: Callable[[tuple[RunRecord, ...]], bool]
) -> TrainingComparison:
    """The comparison as soon as `condition` holds for its runs; AssertionError after LONG milliseconds."""
    until = time.monotonic() + LONG / 1000
    while time.monotonic() < until:
        comparison = store.comparison(comparison_id)
        assert comparison is not None
        if condition(comparison.runs):
            return comparison
        time.sleep(0.05)
    raise AssertionError(
        f"the condition stayed false; the runs are {[(run.state, run.step, run.reason) for run in comparison.runs]}"
    )


def stop(store: Store, comparison_id: str) -> None:
    """Cancel the active runs and wait until the workers are free for the next test."""
    comparison = store.comparison(comparison_id)
    assert comparison is not None
    store.request("cancel", [run.id for run in comparison.runs])
    comparison_when(store, comparison_id, lambda runs: not any(run.active for run in runs))
