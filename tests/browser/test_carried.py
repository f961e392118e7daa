"""A network of one's own is kept from page to page, and a reload of any page loses no network of any page."""

import re
from dataclasses import replace

from playwright.sync_api import Page, expect

from explorer.model import assemble, preset
from explorer.model.link import to_link
from tests.browser.support import open_page, parameters, wait_until_idle

OWN = replace(preset("cifar_resnet20"), stage_blocks=(2, 3, 4), activation="silu")
PARAMETERS = f"{assemble(OWN).cost.params:,}"
LINK = re.escape(to_link(OWN).split("~", 1)[1])


def reload(page: Page) -> None:
    page.reload()
    wait_until_idle(page)


def go(page: Page, name: str) -> None:
    page.get_by_role("link", name=name, exact=True).click()
    wait_until_idle(page)


def expect_on_build(page: Page) -> None:
    expect(parameters(page)).to_have_text(PARAMETERS)
    expect(page).to_have_url(re.compile("stage_blocks=2-3-4"))


def test_the_network_is_kept_from_page_to_page_and_after_a_reload(page: Page) -> None:
    open_page(page, f"/?net={to_link(OWN)}")
    expect_on_build(page)
    reload(page)
    expect_on_build(page)
    page.get_by_role("button", name="Compare", exact=True).click()
    expect(page).to_have_url(re.compile(f"/compare.*{LINK}"))
    page.get_by_role("button", name="The same without shortcuts").click()
    wait_until_idle(page)
    reload(page)
    expect(page.locator(".st-key-compare-diff g.name")).to_have_count(2)
    expect(page).to_have_url(re.compile(f"/compare.*{LINK}"))

    page.get_by_role("button", name="Train these").click()
    expect(page).to_have_url(re.compile(f"/train.*{LINK}"))
    wait_until_idle(page)
    reload(page)
    expect(page).to_have_url(re.compile(f"/train.*{LINK}"))
    expect(page.get_by_role("button", name="Start training")).to_be_enabled()

    # Only the address of the page that was reloaded has lived on in the tab; the others are brought back.
    go(page, "Build")
    expect_on_build(page)
    page.get_by_role("button", name="Labs", exact=True).click()
    expect(page).to_have_url(re.compile(f"/labs.*{LINK}"))
    wait_until_idle(page)
    reload(page)
    expect(page).to_have_url(re.compile(f"/labs.*{LINK}"))
    expect(page.get_by_text("CIFAR ResNet-20 with").first).to_be_visible()
    go(page, "Runs")
    reload(page)
    go(page, "Figures")
    reload(page)
    go(page, "Compare")
    expect(page).to_have_url(re.compile(f"/compare.*{LINK}"))
    expect(page.locator(".st-key-compare-diff g.name")).to_have_count(2)
    go(page, "Labs")
    expect(page).to_have_url(re.compile(f"/labs.*{LINK}"))
    go(page, "Build")
    expect_on_build(page)


def test_a_shared_address_wins_over_the_remembered_network(page: Page) -> None:
    open_page(page, "/?preset=resnet18")
    open_page(page, "/")
    expect(page.get_by_role("heading", name="ResNet-50", exact=True)).to_be_visible()
