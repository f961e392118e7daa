"""The browser's history: a step is a page, or a lab, as it was left; other moves add no step."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Locator, Page, expect

from explorer.ui.common.address_bar import MARK
from explorer.ui.runs.table import ROW_PIXELS
from tests.browser.comparisons import LONG, standings, stop, store_of
from tests.browser.server import RunningApp
from tests.browser.support import open_page, open_view, parameters, wait_until_idle

Click = Callable[[], None]


@dataclass
class Walk:
    """The pages that were left, each by its address and with what it showed."""

    page: Page
    left: list[tuple[str, Locator]] = field(default_factory=list)

    def leave(self, shown: Locator, go: Click, path: str) -> None:
        """Leaves a page that shows this by `go`, for the page of this path: one step."""
        wait_until_idle(self.page)
        expect(shown).to_be_visible(timeout=LONG)
        before = self.page.evaluate("history.length")
        self.left.append((self.page.url, shown))
        go()
        expect(self.page).to_have_url(re.compile(f"/{path}"))
        wait_until_idle(self.page)
        assert self.page.evaluate("history.length") == before + 1
        assert MARK not in self.page.url

    def is_at(self, place: int) -> None:
        address, shown = self.left[place]
        expect(self.page).to_have_url(address)
        expect(shown).to_be_visible(timeout=LONG)


@pytest.fixture
def walk(page: Page, app: RunningApp) -> Iterator[Walk]:
    yield Walk(page)
    with store_of(app) as store:
        for comparison in store.comparisons():
            stop(store, comparison.id)


def chosen(page: Page, row: str, name: str) -> Locator:
    """A button of a row, where it is the chosen one."""
    return page.locator(f".st-key-{row}").get_by_role("radio", name=name, exact=True, checked=True)


def choose(page: Page, row: str, name: str) -> None:
    page.locator(f".st-key-{row}").get_by_role("radio", name=name, exact=True).click()
    expect(chosen(page, row, name)).to_be_visible()


def press(page: Page, button: str) -> Click:
    return page.get_by_role("button", name=button, exact=True).click


def link(page: Page, name: str) -> Click:
    return page.get_by_role("link", name=name, exact=True).click


HOLD_REPORTS = """
if (location.hash === '#held') {
    const start = window.setTimeout;
    window.held = [];
    window.setTimeout = (act, ...rest) =>
        new Error().stack.includes('scheduleFlush') ? window.held.push(act) : start(act, ...rest);
    window.release = () => { window.setTimeout = start; window.held.forEach((act) => act()); };
}
"""
"""Keeps back what the browser is about to report, as a slow machine does."""


def test_a_move_that_is_reported_with_the_first_address_is_drawn(page: Page) -> None:
    page.add_init_script(HOLD_REPORTS)
    open_page(page, "/?preset=cifar_resnet20&stage_blocks=1-1-1#held")
    page.wait_for_function("() => window.held.length", timeout=LONG)
    stage = page.locator(".st-key-stage_blocks-1 input[type=range]").first
    stage.focus()
    page.keyboard.press("ArrowRight")
    page.evaluate("() => window.release()")
    expect(page).to_have_url(re.compile("stage_blocks=1-2-1"))
    expect(page.get_by_label("Blocks per stage", exact=True)).to_have_value("1, 2, 1")
    expect(stage).to_have_attribute("aria-valuetext", "2")


def test_back_and_forward_return_to_each_page_as_it_was_left(walk: Walk) -> None:
    page = walk.page
    open_page(page, "/?preset=cifar_resnet20&stage_blocks=1-1-1")
    opened = page.evaluate("history.length")
    page.locator(".st-key-stage_blocks-1 input[type=range]").first.focus()
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile("stage_blocks=1-2-1"))
    open_view(page, "Blocks")
    assert page.evaluate("history.length") == opened, "neither a slider nor a view is a step"
    count = parameters(page).inner_text()
    build = parameters(page).filter(has_text=count)

    walk.leave(build, press(page, "Compare"), "compare")
    press(page, "The same without shortcuts")()
    choose(page, "compare-show", "Stages")
    walk.leave(chosen(page, "compare-show", "Stages"), link(page, "Labs"), "labs")
    first, second = (
        page.get_by_role("heading", name=name, exact=True) for name in ("Degradation", "Signal and gradient")
    )
    walk.leave(first, lambda: choose(page, "labs-lab", "2 Signal and gradient"), "labs")
    walk.leave(second, link(page, "Build"), "")
    walk.leave(chosen(page, "tables", "Blocks"), press(page, "Train this network"), "train")
    press(page, "Start training")()
    expect(page).to_have_url(re.compile("race=[0-9a-f]{32}"))
    walk.leave(standings(page).get_by_text("of 200 steps").first, link(page, "Runs"), "runs")
    expect(page.get_by_text("2 runs, 2 chosen")).to_be_visible()
    # The table is one canvas: the first row's box lies below the corner's.
    page.locator(".stDataFrame .dvn-scroller").click(position={"x": 17, "y": 17 + ROW_PIXELS})
    expect(page).to_have_url(re.compile("run=[0-9a-f]{32}$"))
    walk.leave(page.get_by_text("2 runs, 1 chosen"), link(page, "Figures"), "figures")

    for place in reversed(range(len(walk.left))):
        page.go_back()
        walk.is_at(place)
    page.go_forward()
    walk.is_at(1)
