"""Several visitors on one server, and a server that is killed and started again, in real browsers."""

import os
import re
import signal
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from explorer.ui.common.connection import LOST
from tests.browser.comparisons import (
    ENDLESS,
    LONG,
    SMALL,
    SMALL_PLAIN,
    comparison_when,
    standings,
    start,
    stop,
    store_of,
    two_workers,  # noqa: F401  (a fixture)
)
from tests.browser.server import free_port, running_app
from tests.browser.support import assert_no_exception, new_visitor, open_page


@pytest.mark.usefixtures("two_workers")
def test_two_visitors_share_the_workers_fairly_and_see_nothing_of_each_other(browser: Browser, tmp_path: Path) -> None:
    """Eight runs of the first visitor wait when the second comes; the second's are next, and alone on their page."""
    with running_app(tmp_path) as app, store_of(app) as store:
        first, second = (new_visitor(browser, app.url).new_page() for _ in range(2))
        crowd = start(first, SMALL, SMALL_PLAIN, **ENDLESS, seeds=5)
        expect(standings(first).get_by_text("waiting, 7 ahead")).to_be_visible()
        # Both workers have a run: a free one would take the second visitor's at once.
        expect(standings(first).get_by_text("waiting, 8 ahead")).to_have_count(0)
        mine = start(second, SMALL, steps=50, batch_size=8, seeds=2)
        expect(standings(second).get_by_text("waiting, next")).to_be_visible()
        expect(standings(second).get_by_text("waiting, 1 ahead")).to_be_visible()
        before = comparison_when(store, crowd, lambda runs: runs[1].step > 0)
        standings(first).get_by_role("button", name="Cancel", exact=True).first.click()
        expect(standings(second).get_by_text("finished: 50 of 50 steps")).to_have_count(2, timeout=LONG)
        hers = comparison_when(store, mine, lambda runs: True)
        theirs = comparison_when(store, crowd, lambda runs: runs[1].step > before.runs[1].step and runs[2].step > 0)
        assert [run.state for run in theirs.runs] == ["cancelled", "running", "running", *["queued"] * 7]
        assert (theirs.runs[2].started or 0.0) > max(run.started or 0.0 for run in hers.runs)
        stop(store, crowd)
        for page, other in ((first, mine), (second, crowd)):
            assert_no_exception(page)
            open_page(page, "/train")
            expect(page.get_by_role("button", name=re.compile("steps"))).to_have_count(1)
            assert other not in page.content()
        first.context.close()
        second.context.close()


@pytest.mark.usefixtures("two_workers")
def test_a_killed_server_loses_no_result_and_continues_the_other_runs(browser: Browser, tmp_path: Path) -> None:
    port = free_port()
    context = new_visitor(browser, f"http://localhost:{port}")
    page = context.new_page()
    with running_app(tmp_path, port) as app, store_of(app) as store:
        ended = start(page, SMALL, steps=20, batch_size=8)
        expect(standings(page).get_by_text("finished: 20 of 20 steps")).to_be_visible(timeout=LONG)
        (result,) = comparison_when(store, ended, lambda runs: runs[0].state == "finished").runs
        # The longest first, as they are served: the third one waits.
        begun = start(page, "cifar_resnet20", SMALL, SMALL_PLAIN, **ENDLESS)
        before = comparison_when(store, begun, lambda runs: min(runs[0].step, runs[1].step) >= 50).runs
        os.kill(app.process_group, signal.SIGKILL)
    expect(page.get_by_role("alert").get_by_text(LOST)).to_be_visible()
    with running_app(tmp_path, port) as app, store_of(app) as store:
        # The page that was open finds the new server by itself, and the new server finds the runs.
        expect(
            page.get_by_text(re.compile("lost its worker.*([Tt]he server|Its worker) stopped.*went on with it"))
        ).to_have_count(2, timeout=LONG)
        after = comparison_when(store, begun, lambda runs: all(runs[n].step > before[n].step for n in (0, 1))).runs
        assert [run.state for run in after] == ["running", "running", "queued"]
        assert {run.worker for run in after[:2]}.isdisjoint({run.worker for run in before[:2]})
        expect(standings(page).get_by_text("waiting, next")).to_be_visible()
        expect(page.get_by_text(LOST)).to_have_count(0)
        stop(store, begun)
        open_page(page, f"/train?race={ended}")
        expect(standings(page).get_by_text("finished: 20 of 20 steps")).to_be_visible()
        assert store.run(result.id) == result
    context.close()
