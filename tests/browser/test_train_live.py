"""A running comparison in a real browser: a reload, a zoom, a lost worker and a diverging network."""

import json
import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from explorer.model import preset
from explorer.model.link import to_link
from tests.browser.comparisons import (
    ENDLESS,
    LONG,
    POINTS,
    SMALL,
    SMALL_PLAIN,
    comparison_when,
    points,
    standings,
    start,
    stop,
    store_of,
    two_workers,  # noqa: F401  (a fixture)
)
from tests.browser.server import ROOT, RunningApp, running_app
from tests.browser.support import boxes, wait_until_idle

AXES = "document.querySelector('.residual-curves .plot')._fullLayout"
VISIBLE = "() => document.querySelector('.residual-curves .plot')._fullData.map((trace) => trace.visible)"
"""Which curves are drawn: true, or "legendonly" for a curve that the legend has switched off."""


@pytest.fixture(scope="module")
def app(two_workers: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningApp]:  # noqa: F811
    with running_app(tmp_path_factory.mktemp("live")) as running:
        yield running


@pytest.fixture(autouse=True)
def no_runs_left(app: RunningApp) -> Iterator[None]:
    """Workers are free for the next test even where this one fails."""
    yield
    with store_of(app) as store:
        for comparison in store.comparisons():
            stop(store, comparison.id)


def test_updates_keep_zoom_and_selection_a_reload_loses_no_point_and_buttons_stop_the_runs(
    page: Page, app: RunningApp
) -> None:
    comparison_id = start(page, SMALL, SMALL_PLAIN, **ENDLESS)
    points(page, 6)
    page.evaluate("() => document.querySelectorAll('.plot').forEach((plot) => { plot.marked = true; })")
    # The legend switches the plain network off, and a drag over the plot zooms in.
    page.locator(".residual-curves .legendtoggle").nth(1).click()
    # Plotly waits for a second click before it switches a curve, and a drag in that time ends its waiting.
    page.wait_for_function(f"() => ({VISIBLE})()[1] === 'legendonly'")
    (plot,) = boxes(page.locator(".residual-curves .nsewdrag").first)
    page.mouse.move(plot.x + 0.1 * plot.width, plot.y + 0.2 * plot.height)
    page.mouse.down()
    page.mouse.move(plot.x + 0.5 * plot.width, plot.y + 0.8 * plot.height, steps=5)
    page.mouse.up()
    page.wait_for_function(f"() => {AXES}.xaxis.range[1] < 150000")
    zoomed = page.evaluate(f"() => [...{AXES}.xaxis.range, ...{AXES}.yaxis.range]")
    shown = page.evaluate(f"() => {POINTS}")
    points(page, shown + 10)
    assert page.evaluate(f"() => [...{AXES}.xaxis.range, ...{AXES}.yaxis.range]") == zoomed
    assert page.evaluate(VISIBLE) == [True, "legendonly"]
    assert page.evaluate("() => [...document.querySelectorAll('.plot')].map((plot) => plot.marked)") == [True, True]
    assert page.locator(".residual-depth .plot").evaluate("(plot) => Number(plot.dataset.readings)") > 2
    expect(standings(page).get_by_text("images a second")).to_have_count(2)
    expect(page.get_by_text("Peak memory of a worker process")).to_be_visible()

    shown = page.evaluate(f"() => {POINTS}")
    address = page.url
    page.reload()
    points(page, shown)
    assert page.url == address
    expect(standings(page).get_by_text("images a second")).to_have_count(2)

    with store_of(app) as store:
        standings(page).get_by_role("button", name="Cancel", exact=True).first.click()
        expect(standings(page).get_by_text("cancelled: ")).to_have_count(1)
        comparison = comparison_when(store, comparison_id, lambda runs: runs[0].state == "cancelled")
        assert comparison.runs[1].state == "running"
        page.get_by_role("button", name="Pause", exact=True).click()
        expect(standings(page).get_by_text("paused: ")).to_have_count(1)
        page.get_by_role("button", name="Resume", exact=True).click()
        expect(standings(page).get_by_text("images a second")).to_have_count(1)
        page.get_by_role("button", name="Cancel", exact=True).click()
        comparison_when(store, comparison_id, lambda runs: all(run.state == "cancelled" for run in runs))


def test_a_killed_worker_is_reported_and_harms_no_other_run(page: Page, app: RunningApp) -> None:
    comparison_id = start(page, SMALL, SMALL_PLAIN, **ENDLESS)
    with store_of(app) as store:
        comparison = comparison_when(store, comparison_id, lambda runs: all(run.step >= 50 for run in runs))
        victim, other = comparison.runs
        os.kill(int(str(victim.worker).split(":")[1]), signal.SIGKILL)
        expect(page.get_by_text("The worker was killed (SIGKILL)")).to_be_visible()
        expect(page.get_by_text("Another one went on with it.")).to_be_visible(timeout=LONG)
        again = comparison_when(store, comparison_id, lambda runs: runs[0].worker not in (None, victim.worker)).runs[0]
        os.kill(int(str(again.worker).split(":")[1]), signal.SIGKILL)
        # The second worker that dies over a run is the run's own fault.
        said = standings(page).get_by_text("failed at step").filter(has_text="The worker was killed (SIGKILL)")
        expect(said).to_be_visible(timeout=LONG)
        untouched = comparison_when(store, comparison_id, lambda runs: runs[1].step > other.step + 50).runs[1]
        assert (untouched.worker, untouched.state, untouched.attempts) == (other.worker, "running", 1)
        stop(store, comparison_id)
    wait_until_idle(page)


def test_a_network_that_diverges_is_a_result_and_no_crash(page: Page) -> None:
    """A factor of 1.5 on the shortcut and a learning rate of 5 diverge within four steps (seeds 0, 1, 2)."""
    wild = to_link(replace(preset("cifar_resnet20"), skip="scale", skip_scale=1.5))
    start(page, wild, SMALL, steps=20, learning_rate=5, evaluate_every=0)
    expect(standings(page).get_by_text("diverged at step")).to_contain_text("training has run away", timeout=LONG)
    expect(standings(page).get_by_text("finished: 20 of 20 steps")).to_be_visible(timeout=LONG)
    wait_until_idle(page)
    expect(page.get_by_text("failed")).to_have_count(0)
    expect(page.locator("[data-testid=stAlert]")).to_have_count(0)
    # The curve of the one that ran away ends with a cross.
    assert (
        page.locator(".residual-curves .plot")
        .evaluate(
            "(plot) => plot._fullData.filter((trace) => trace.marker?.symbol === 'x').map((trace) => trace.text[0])"
        )[0]
        .startswith("diverged at step")
    )


def told(lines: list[dict[str, object]]) -> list[dict[str, object]]:
    """The events without measured times and memory."""
    measured = {"seconds", "images_per_second", "peak_memory_bytes", "model", "versions", "pid"}
    return [{name: value for name, value in line.items() if name not in measured} for line in lines]


def test_page_and_command_line_give_the_same_events_for_a_seed(page: Page, app: RunningApp, tmp_path: Path) -> None:
    comparison_id = start(page, SMALL, steps=25, seed=7, batch_size=16, evaluate_every=10)
    expect(standings(page).get_by_text("finished: 25 of 25 steps")).to_be_visible(timeout=LONG)
    wait_until_idle(page)
    with store_of(app) as store:
        (run,) = comparison_when(store, comparison_id, lambda runs: runs[0].state == "finished").runs
        on_the_page = [stored.event.to_dict() for stored in store.events({run.id: 0})]
    # Plotly's own button would send the chart to its makers' server.
    expect(page.get_by_role("button", name="Share chart")).to_have_count(0)
    page.get_by_role("button", name="Share").click()
    command = page.locator("[data-testid=stPopoverBody] code").last.inner_text()
    done = subprocess.run(
        [sys.executable, *shlex.split(command)[1:], "--format", "jsonl"],
        cwd=ROOT,
        env={**os.environ, "RESIDUAL_EXPLORER_DATA": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    on_the_command_line = [json.loads(line) for line in done.stdout.splitlines()]
    assert sum(len(line.get("losses", ())) for line in on_the_command_line) == 25
    assert told(json.loads(json.dumps(on_the_page))) == told(on_the_command_line)
