"""Train in a real browser, with real workers: start, watch, cancel, reload, find again."""

import re

from playwright.sync_api import Browser, Page, expect

from tests.browser.server import RunningApp
from tests.browser.support import new_visitor, open_page, wait_until_idle

LONG = 240_000
"""Milliseconds that training may take on a busy machine."""
STEPS = "60"
POINTS = "Number(document.querySelector('.residual-curves .plot')?.dataset.points ?? 0)"

# The first page of a server loads the interface in pieces; on a busy machine that takes more than the usual 5 s.
expect.set_options(timeout=30_000)


def start_comparison(page: Page, query: str) -> None:
    open_page(page, f"/train?{query}")
    page.get_by_role("button", name=re.compile("^Start")).click()
    expect(page).to_have_url(re.compile("race=[0-9a-f]{32}"))


def row(page: Page, text: str) -> object:
    return page.locator(".st-key-standings").get_by_text(text)


def test_a_comparison_is_started_watched_cancelled_and_found(
    page: Page, console: list[str], app: RunningApp, browser: Browser
) -> None:
    """Four networks train; curves grow in place; one is cancelled; a reload finds the comparison, others do not."""
    start_comparison(page, f"steps={STEPS}")
    standings = page.locator(".st-key-standings")
    expect(standings.get_by_text("CIFAR plain-56")).to_be_visible(timeout=LONG)
    standings.get_by_role("button", name="Cancel", exact=True).last.click()
    expect(standings.get_by_text("cancelled", exact=False)).to_be_visible(timeout=30_000)
    expect(page.get_by_text("Answer the question above")).to_be_visible()
    page.locator(".st-key-predict-train-skip button").click()
    page.wait_for_function(f"() => {POINTS} >= 4", timeout=LONG)
    # The node of the chart stays the same while points arrive: no flicker, and the zoom is kept.
    page.evaluate("() => { document.querySelector('.residual-curves .plot').marked = true; }")
    address = page.url
    expect(standings.get_by_text(f"finished: {STEPS} of {STEPS} steps")).to_have_count(3, timeout=LONG)
    assert page.evaluate("() => document.querySelector('.residual-curves .plot').marked")
    # On a busy machine the last one may have begun before it was cancelled; then it has a curve, too.
    begun = 4 if standings.get_by_text("cancelled: 0 of").count() == 0 else 3
    expect(page.locator(".residual-curves .scatterlayer .trace")).to_have_count(begun)
    wait_until_idle(page)

    page.reload()
    wait_until_idle(page)
    assert page.url == address
    expect(standings.get_by_text(f"finished: {STEPS} of {STEPS} steps")).to_have_count(3)

    open_page(page, "/train")
    page.get_by_role("button", name=re.compile("CIFAR plain-20.*60 steps")).click()
    expect(page).to_have_url(re.compile(address.split("?")[1].split("&")[0]))

    stranger = new_visitor(browser, app.url).new_page()
    open_page(stranger, "/train")
    expect(stranger.get_by_text("Your comparisons")).to_have_count(0)
    open_page(stranger, address)
    expect(stranger.get_by_text("started in another browser")).to_be_visible()
    expect(stranger.get_by_role("button", name="Cancel", exact=True)).to_have_count(0)
    stranger.context.close()
    assert console == []


def test_a_run_goes_on_while_the_page_is_left_and_reloaded(page: Page) -> None:
    start_comparison(page, "net=cifar_resnet20&steps=80")
    page.wait_for_function(f"() => {POINTS} >= 1", timeout=LONG)
    page.get_by_role("link", name="Build", exact=True).click()
    expect(page.locator(".st-key-overview .frame")).to_be_visible()
    page.go_back()
    expect(page.locator(".st-key-standings").get_by_text("finished: 80 of 80 steps")).to_be_visible(timeout=LONG)


def test_a_network_goes_from_build_to_the_comparison(page: Page) -> None:
    open_page(page, "/?preset=cifar_resnet20&attention=eca&stage_blocks=1-1-1")
    page.get_by_role("button", name="Train this network").click()
    page.get_by_role("button", name="Start training").wait_for()
    wait_until_idle(page)
    expect(page).to_have_url(re.compile("net=1~"))
    page.get_by_label("Steps", exact=True).fill("20")
    page.get_by_label("Steps", exact=True).press("Enter")
    wait_until_idle(page)
    page.get_by_role("button", name="Start training").click()
    expect(page.locator(".st-key-standings").get_by_text("finished: 20 of 20 steps")).to_have_count(2, timeout=LONG)
