"""Build's tables and measurements in a real browser: columns chosen and reloaded, a network really measured."""

import json
import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.support import open_page, open_view, wait_until_idle

expect.set_options(timeout=30_000)
MEASURING = 240_000
"""Milliseconds that loading torch and measuring a small network may take on a busy machine."""


def test_chosen_columns_are_shown_downloaded_and_reloaded(page: Page) -> None:
    open_page(page, "/?preset=resnet18")
    open_view(page, "Blocks")
    page.get_by_role("button", name=re.compile("Columns: 9 of")).click()
    for name in ("Kernels", "Field, longest"):
        page.get_by_role("button", name=name, exact=True).click()
        wait_until_idle(page)
    # The choice stays open while one chooses, and counts.
    expect(page.get_by_role("button", name=re.compile("Columns: 11 of"))).to_be_visible()
    page.keyboard.press("Escape")
    expect(page).to_have_url(re.compile(r"blocks\.columns="))
    page.reload()
    wait_until_idle(page)
    expect(page.locator(".st-key-tables").get_by_role("radio", name="Blocks")).to_be_checked()
    expect(page.get_by_role("button", name=re.compile("Columns: 11 of"))).to_be_visible()
    headings = page.locator("[data-testid=stDataFrame] [role=columnheader]")
    expect(headings.filter(has_text="Field, longest")).to_have_count(1)
    with page.expect_request(re.compile(r"/media/.*")) as asked:
        page.locator(".st-key-table-blocks-csv button").first.click()
    response = asked.value.response()
    assert response is not None
    heading, *lines = response.text().splitlines()
    assert heading.split(",")[0] == "path"
    assert {"kernel", "field_longest"} <= set(heading.split(","))
    assert sum(int(line.split(",")[heading.split(",").index("params")]) for line in lines) == 11_689_512


@pytest.mark.slow
def test_a_network_is_measured_and_the_peak_stands_beside_the_prediction(page: Page) -> None:
    open_page(page, "/?preset=cifar_resnet20&tab=Timing&seconds=2&batch=8")
    expect(page.get_by_text(re.compile("^Not measured yet"))).to_be_visible()
    page.get_by_role("button", name=re.compile("Measure on this machine")).click()
    expect(page.get_by_role("button", name="Measure again")).to_be_visible(timeout=MEASURING)
    wait_until_idle(page)
    expect(page.get_by_text(re.compile("images a second")).first).to_be_visible()
    spread = page.locator(".st-key-timing-spread .js-plotly-plot")
    expect(spread.locator("path.box")).to_have_count(2)
    shares = page.locator(".st-key-timing-blocks .js-plotly-plot")
    times = json.loads(shares.evaluate("(plot) => JSON.stringify(Array.from(plot.data[0].y))"))
    assert len(times) == 9 + 2
    assert sum(times) == pytest.approx(100, abs=1e-6)
    open_view(page, "Memory")
    # The same settings: nothing needs to be measured again.
    expect(page.get_by_role("button", name="Measure again")).to_be_visible()
    expect(page.get_by_text(re.compile(r"measured .*MiB, .*(prediction|as predicted)")).first).to_be_visible()
