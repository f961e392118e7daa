"""Compare in a real browser: differences by link, equal-cost networks, clicks on a block and on a point."""

import re
from xml.etree.ElementTree import fromstring

import pytest
from playwright.sync_api import Locator, Page, expect

from explorer.outputs.palette import DARK, LIGHT
from explorer.outputs.tables.choosing import BOUNDS
from explorer.ui.compare.charts import FRONTIER
from explorer.ui.compare.choosing import limit_text
from tests.browser.support import boxes, open_page, parameters, wait_until_idle

expect.set_options(timeout=30_000)

PAIR = "/compare?net=cifar_resnet20&net=cifar_plain20"


def picture(page: Page) -> Locator:
    return page.locator(".st-key-compare-diff svg[viewBox]")


def rows(page: Page) -> Locator:
    """The networks' names beside their rows."""
    return picture(page).locator("g.name")


def view(page: Page, name: str) -> Locator:
    """The button of a view."""
    return page.get_by_role("radio", name=name, exact=True)


def test_a_link_shows_what_differs(page: Page) -> None:
    open_page(page, PAIR)
    expect(rows(page)).to_have_count(2)
    expect(picture(page).locator(".block[data-row='0'] g[class^=skip]")).to_have_count(9)
    expect(picture(page).locator(".block[data-row='1'] g[class^=skip]")).to_have_count(0)
    expect(picture(page).locator(".block.changed[data-row='1']")).to_have_count(9)
    expect(page.locator("[data-testid=stDataFrame]").first).to_be_visible()


def test_a_block_is_opened_by_click_and_by_keyboard(page: Page) -> None:
    open_page(page, PAIR)
    picture(page).locator(".block[data-row='1'][data-path='layer2.0'] rect").click()
    expect(view(page, "One block")).to_be_checked()
    expect(page).to_have_url(re.compile("block=layer2.0"))
    picture(page).locator(".block[data-row='1'][data-path='layer3.1']").focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("block=layer3.1"))
    wait_until_idle(page)
    page.reload()
    wait_until_idle(page)
    expect(view(page, "One block")).to_be_checked()


def test_an_equal_cost_network_is_found_and_added(page: Page) -> None:
    open_page(page, "/compare?net=resnet50&net=resnet101&show=solver")
    expect(page.locator(".st-key-compare-solution [data-testid=stMetricValue]").first).to_have_text("4")
    page.get_by_role("button", name="Add to the comparison").click()
    expect(rows(page)).to_have_count(3)
    expect(page).to_have_url(re.compile("net=resnext50_32x4d"))


def test_a_network_goes_from_build_to_compare_and_back(page: Page) -> None:
    open_page(page, "/?preset=cifar_resnet20")
    page.get_by_role("button", name="Compare", exact=True).click()
    expect(page.get_by_text("Compare CIFAR ResNet-20 with")).to_be_visible()
    page.get_by_role("button", name="The same without shortcuts").click()
    expect(rows(page)).to_have_count(2)
    page.get_by_role("button", name="Open in Build").nth(1).click()
    expect(page.get_by_role("heading", name="CIFAR plain-20")).to_be_visible()


def test_a_dot_opens_its_network_in_build(page: Page) -> None:
    open_page(page, "/compare?net=resnet50&net=resnext50_32x4d&show=field&x=params&y=imagenet-10-crop")
    points = page.locator("[data-testid=stPlotlyChart] .scatterlayer .trace").first.locator(".points path")
    expect(points.first).to_be_visible()
    points.first.scroll_into_view_if_needed()
    (dot,) = boxes(points.first)
    page.mouse.move(dot.x + dot.width / 2, dot.y + dot.height / 2, steps=4)
    page.wait_for_timeout(300)
    page.mouse.click(dot.x + dot.width / 2, dot.y + dot.height / 2)
    expect(parameters(page)).to_be_visible()
    expect(page).not_to_have_url(re.compile("/compare"))


def test_a_bound_that_excludes_everything_is_removed_at_one_click(page: Page) -> None:
    open_page(page, "/compare?net=resnet50&net=resnet101&show=field&y=imagenet-10-crop&most_macs=0.001")
    expect(page.locator("[data-testid=stAlert]")).to_contain_text(limit_text(BOUNDS["most_macs"], 0.001))
    page.locator(".st-key-compare-bounds-remove button").first.click()
    expect(page).not_to_have_url(re.compile("most_macs"))
    expect(page.locator("[data-testid=stPlotlyChart] .legendtext").filter(has_text=FRONTIER)).to_have_count(1)


def saved(page: Page, file_format: str) -> tuple[str, bytes]:
    """The name and the content of the first chart's file."""
    with page.expect_download(timeout=120_000) as waiting:
        page.get_by_role("button", name=f"Chart as {file_format}").first.click(timeout=120_000)
    return waiting.value.suggested_filename, waiting.value.path().read_bytes()


@pytest.mark.parametrize("color_scheme", ["dark"], indirect=True)
def test_a_chart_is_saved_in_two_formats_on_a_light_ground(page: Page) -> None:
    open_page(page, PAIR + "&show=stages")
    expect(page.locator("[data-testid=stPlotlyChart] .bars path").first).to_be_visible(timeout=120_000)
    name, svg = saved(page, "SVG")
    assert name == "stages-macs.svg"
    root = fromstring(svg)
    assert root.tag.endswith("svg")
    assert "CIFAR plain-20" in "".join(root.itertext())
    light, dark = (f"rgb{tuple(bytes.fromhex(theme.background[1:]))}".encode() for theme in (LIGHT, DARK))
    assert light in svg
    assert dark not in svg
    name, png = saved(page, "PNG")
    assert name == "stages-macs.png"
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    assert int.from_bytes(png[16:20]) > 1500, "sharp enough for a slide"


def test_time_is_measured_in_a_process_of_its_own(page: Page) -> None:
    open_page(page, PAIR + "&show=time")
    page.get_by_role("button", name="Measure on this machine").click()
    expect(page.get_by_role("button", name="Measure again")).to_be_enabled(timeout=120_000)
    expect(page.get_by_text("Bars are medians")).to_be_visible()
    page.reload()
    wait_until_idle(page)
    expect(page.get_by_role("button", name="Measure again")).to_be_visible()


@pytest.mark.parametrize("color_scheme", ["light", "dark"], indirect=True)
@pytest.mark.parametrize("width", [1400, 800])
def test_the_picture_is_visible_without_scrolling(page: Page, width: int, color_scheme: str) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    open_page(page, "/compare?net=resnet50&net=resnet101&net=seresnet50")
    (drawing,) = boxes(page.locator(".st-key-compare-diff"))
    assert drawing.bottom < 900
    assert drawing.right <= width
    assert page.evaluate("document.documentElement.scrollWidth") <= width
