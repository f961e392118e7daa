"""Moves that come faster than the server answers: in the end every part of the page shows the same network."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Locator, Page, expect

from explorer.model import ModelSpec
from explorer.ui.build.draft import Draft, evaluate
from tests.browser.support import open_page, wait_until_idle

expect.set_options(timeout=30_000)

QUICK = 20
"""Milliseconds between two moves: five in 100 ms."""

CONTROLS = """() => Object.fromEntries(
    [...document.querySelectorAll('[data-testid=stElementContainer][class*=st-key-]')].map((container) => [
        [...container.classList].find((name) => name.startsWith('st-key-')),
        [container.innerText, ...[...container.querySelectorAll('input')].map((input) =>
            ['checkbox', 'radio'].includes(input.type) ? input.checked
            : input.getAttribute('aria-valuetext') ?? input.value),
         ...[...container.querySelectorAll('[role=radio]')].map((each) => each.getAttribute('aria-checked'))],
    ]).filter(([key]) => !/^st-key-(widgets|visitor)-/.test(key)))"""
"""What each control shows, by its class: its text and the values of its inputs."""


@contextmanager
def busy_processor() -> Iterator[None]:
    """Keeps one core busy meanwhile."""
    busy = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    try:
        yield
    finally:
        busy.kill()
        busy.wait()


def everything_shown(page: Page) -> dict[str, object]:
    """Controls, title, badges, numbers and picture, as the visitor sees them."""
    return page.evaluate(CONTROLS) | {
        "title": page.locator(".st-key-title h2").inner_text(),
        "badges": page.locator(".st-key-proof-badges").all_inner_texts(),
        "numbers": page.locator(".st-key-totals .numbers").inner_text(),
        "picture": page.locator(".st-key-overview svg desc").text_content(),
        "blocks": page.locator(".st-key-overview .block[data-path]").count(),
    }


def query_of(page: Page) -> dict[str, str]:
    """The address bar's query."""
    return page.evaluate("() => Object.fromEntries(new URLSearchParams(location.search))")


def settled(page: Page) -> dict[str, object]:
    """What the page shows once it is complete and shows the same a second later."""
    expect(page.locator(".st-key-totals .exact").first).to_be_visible(timeout=120_000)
    expect(page.locator("[data-testid=stSkeleton]")).to_have_count(0, timeout=120_000)
    # On a busy machine the controls of a reloaded page may come seconds after its numbers.
    expect(slider(page, "depth")).to_be_visible(timeout=120_000)
    expect(page.locator(".st-key-tables [role=radio]").first).to_be_visible(timeout=120_000)
    wait_until_idle(page)
    before: dict[str, object] = {}
    while (shown := everything_shown(page)) != before:
        before = shown
        page.wait_for_timeout(1000)
        wait_until_idle(page)
    return shown


def assert_all_is_one_network(page: Page) -> None:
    """The page shows in all its parts what a reload of its address shows, and the numbers are that network's."""
    shown, query = settled(page), query_of(page)
    values = Draft.from_query({name: text for name, text in query.items() if name not in ("tab", "groups")}).values
    network = evaluate(Draft(values), ModelSpec())
    assert network.whole, f"{query}: {network.error}"
    assert f"{network.graph.cost.params:,}" in str(shown["numbers"]), query
    page.reload()
    again = settled(page)
    differing = {key: (shown.get(key), again.get(key)) for key in shown | again if shown.get(key) != again.get(key)}
    assert differing == {}, query


def slider(page: Page, key: str) -> Locator:
    """The handle of the slider with this key."""
    return page.locator(f".st-key-{key.replace('.', '-')} input[type=range]").first


def press(page: Page, key: str, times: int, pause: int = QUICK) -> None:
    """Presses a key several times, `pause` milliseconds apart."""
    for _ in range(times):
        page.keyboard.press(key)
        page.wait_for_timeout(pause)


def hold_depth(page: Page) -> None:
    slider(page, "depth").focus()
    press(page, "ArrowRight", 20, 60)
    press(page, "ArrowLeft", 6, 60)


def depth_and_a_stage_in_turn(page: Page) -> None:
    for number in range(6):
        for key in ("depth", "stage_blocks.1"):
            slider(page, key).focus()
            press(page, "ArrowRight", 1 + number % 2, 90)


def step_a_box(page: Page) -> None:
    page.locator(".st-key-stem_width input").focus()
    press(page, "ArrowUp", 5)


def box_and_its_slider_in_turn(page: Page) -> None:
    for _ in range(4):
        step_a_box(page)
        slider(page, "stem_width.slide").focus()
        press(page, "ArrowRight", 3, 60)


def click_a_switch(page: Page) -> None:
    switch = page.locator(".st-key-zero_init_residual label").first
    for _ in range(5):
        switch.click(no_wait_after=True)
        page.wait_for_timeout(QUICK)


def choose(page: Page, key: str, text: str) -> None:
    """Types into a menu and takes the first match."""
    page.locator(f".st-key-{key} input").first.click()
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def known_networks_and_depth_in_turn(page: Page) -> None:
    for name in ("ResNet-18 (", "ResNet-101 (", "CIFAR ResNet-56 ("):
        choose(page, "preset", name)
        slider(page, "depth").focus()
        press(page, "ArrowRight", 3, 60)


def menu_and_depth_in_turn(page: Page) -> None:
    for name in ("basic", "bottleneck", "basic"):
        choose(page, "block", name)
        slider(page, "depth").focus()
        press(page, "ArrowRight", 3, 60)


def list_as_text_and_depth_in_turn(page: Page) -> None:
    for text in ("2, 2, 2, 2", "3, 4, 23, 3", "1, 2, 1, 1"):
        page.locator(".st-key-stage_blocks input").first.fill(text)
        page.keyboard.press("Enter")
        slider(page, "depth").focus()
        press(page, "ArrowRight", 2, 60)


def views_and_depth_in_turn(page: Page) -> None:
    for name in ("Stages", "Memory", "Graph", "JSON", "Stages"):
        page.locator(".st-key-tables").get_by_text(name, exact=True).click(no_wait_after=True)
        slider(page, "depth").focus()
        press(page, "ArrowRight", 2, QUICK)


MOVES: tuple[tuple[Callable[[Page], None], str], ...] = (
    (hold_depth, "/"),
    (depth_and_a_stage_in_turn, "/"),
    (step_a_box, "/?groups=Stem+and+head"),
    (box_and_its_slider_in_turn, "/?groups=Stem+and+head"),
    (click_a_switch, "/?groups=Layers"),
    (known_networks_and_depth_in_turn, "/"),
    (menu_and_depth_in_turn, "/"),
    (list_as_text_and_depth_in_turn, "/"),
    (views_and_depth_in_turn, "/"),
)


@pytest.mark.load
@pytest.mark.parametrize(("move", "address"), MOVES, ids=[move.__name__ for move, _ in MOVES])
def test_after_quick_moves_all_of_build_shows_one_network(page: Page, move: Callable, address: str) -> None:
    open_page(page, address)
    with busy_processor():
        move(page)
        settled(page)
    assert_all_is_one_network(page)
