"""Runs in a real browser: two comparisons end, their curves share a chart, one run is deleted and restored."""

import csv
import re
import zipfile

from playwright.sync_api import Page, expect

from tests.browser.support import open_page, wait_until_idle
from tests.browser.test_train import LONG, start_comparison

TRACES = ".residual-curves .scatterlayer .trace"


def test_what_was_trained_is_found_overlaid_deleted_and_brought_back(page: Page) -> None:
    start_comparison(page, "net=cifar_resnet20&steps=20")
    expect(page.locator(".st-key-standings").get_by_text("finished: 20 of 20 steps")).to_be_visible(timeout=LONG)

    open_page(page, "/runs")
    expect(page.get_by_text("1 run, 1 chosen")).to_be_visible()
    page.get_by_role("button", name="Run again, new seed").click()
    expect(page).to_have_url(re.compile("/train.*race=[0-9a-f]{32}"))
    expect(page.locator(".st-key-standings").get_by_text("finished: 20 of 20 steps")).to_be_visible(timeout=LONG)

    page.get_by_role("link", name="Runs", exact=True).click()
    expect(page.get_by_text("2 runs, 1 chosen")).to_be_visible()
    # The table is one canvas: the corner's box, in the column of marks, takes every row.
    page.locator(".stDataFrame .dvn-scroller").click(position={"x": 17, "y": 17})
    expect(page.get_by_text("2 runs, 2 chosen")).to_be_visible()
    wait_until_idle(page)
    expect(page).to_have_url(re.compile("run=[0-9a-f]{32}&run=[0-9a-f]{32}"))
    # Two seeds of one network: a band's two edges and its mean.
    expect(page.locator(TRACES)).to_have_count(3)
    page.get_by_text("Seeds as bands").click()
    expect(page.locator(TRACES)).to_have_count(2)

    page.get_by_role("button", name="Curves as files").click()
    with page.expect_download() as saved:
        page.get_by_role("button", name="Table (CSV)").click()
    rows = list(csv.DictReader(saved.value.path().read_text().splitlines()))
    assert {row["seed"] for row in rows} == {"0", "1"}
    assert {row["quantity"] for row in rows} >= {"train_loss", "test_error"}

    with page.expect_download(timeout=LONG) as saved:
        page.get_by_role("button", name="TensorBoard (ZIP)").click()
    with zipfile.ZipFile(saved.value.path()) as archive:
        assert len([name for name in archive.namelist() if "tfevents" in name]) == 2
    page.keyboard.press("Escape")

    page.get_by_role("button", name="Delete 2 runs").click()
    expect(page.get_by_text("No runs yet")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("2 runs, 2 chosen")).to_be_visible()
    wait_until_idle(page)
