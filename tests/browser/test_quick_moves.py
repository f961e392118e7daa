"""Moves that come faster than the server answers: in the end every part of the page shows the same values."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Locator, Page, expect

from explorer.model import ModelSpec
from explorer.ui.build.draft import Draft, evaluate
from tests.browser.support import assert_no_exception, open_page

PATIENCE = 120_000
"""Milliseconds that a page may take beside a busy processor."""
QUICK = 20
"""Milliseconds between two moves: five in 100 ms."""

SHOWN = """() => Object.fromEntries(
    [...document.querySelectorAll('[data-testid=stElementContainer][class*=st-key-]')].map((container) => [
        [...container.classList].find((name) => name.startsWith('st-key-')),
        [container.innerText, ...[...container.querySelectorAll('input')].map((input) =>
            ['checkbox', 'radio'].includes(input.type) ? input.checked
            : input.getAttribute('aria-valuetext') ?? input.value),
         ...[...container.querySelectorAll('[role=radio]')].map((each) => each.getAttribute('aria-checked')),
         ...[...container.querySelectorAll('*')].map((each) => each.shadowRoot?.textContent).filter(Boolean)],
    ]).filter(([key]) => !/^st-key-((widgets|visitor)-|.*-run$)/.test(key)))"""
"""What each control and each view shows, by its class: its text, the values of its inputs, the text of its drawing.

Not the buttons that run an experiment: their label is an estimate from the machine's present speed.
"""

SETTLED = f"""() => {{
    const runs = document.querySelector('[data-testid=stApp]')?.dataset.testScriptState !== 'notRunning';
    const shown = JSON.stringify([({SHOWN})(), location.search]);
    if (runs || document.querySelector('[data-testid=stSkeleton]') || shown !== window.lastShown) {{
        window.lastShown = shown;
        window.shownSince = performance.now();
    }}
    return performance.now() - window.shownSince >= 600;
}}"""
"""Whether no script has run and all has looked the same for some time: moves are reported with a delay."""


@contextmanager
def busy_processor() -> Iterator[None]:
    """Keeps one core busy meanwhile."""
    busy = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    try:
        yield
    finally:
        busy.kill()
        busy.wait()


def settled(page: Page) -> dict[str, list[object]]:
    """What the page shows once it does not change any more."""
    page.evaluate("() => { window.lastShown = undefined; }")
    page.wait_for_function(SETTLED, timeout=PATIENCE, polling=100)
    assert_no_exception(page)
    return page.evaluate(SHOWN)


def query_of(page: Page) -> dict[str, str]:
    """The address bar's query."""
    return page.evaluate("() => Object.fromEntries(new URLSearchParams(location.search))")


def assert_a_reload_shows_the_same(page: Page, key: str, shown: dict[str, list[object]]) -> None:
    """The page shows `shown` again after a reload; `key` is that of a control that it must have."""
    address = page.url
    page.reload()
    expect(control(page, key)).to_be_visible(timeout=PATIENCE)
    again = settled(page)
    assert page.url == address
    assert {name: value for name, value in again.items() if value != shown.get(name)} == {}
    assert again.keys() == shown.keys()


def control(page: Page, key: str) -> Locator:
    """The first input of the control with this key: a slider's handle, a menu's or a box's text."""
    return page.locator(f".st-key-{key.replace('.', '-')} input").first


def press(page: Page, control_key: str, key: str, times: int, pause: int = QUICK) -> None:
    """Presses a key of the keyboard on a control several times, `pause` milliseconds apart."""
    control(page, control_key).focus()
    for _ in range(times):
        page.keyboard.press(key)
        page.wait_for_timeout(pause)


def choose(page: Page, control_key: str, text: str) -> None:
    """Types into a menu and takes the first match."""
    control(page, control_key).click()
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def hold_depth(page: Page) -> None:
    press(page, "depth", "ArrowRight", 14, 60)
    press(page, "depth", "ArrowLeft", 4, 60)


def depth_and_a_stage_in_turn(page: Page) -> None:
    for times in (1, 2, 1, 2):
        press(page, "depth", "ArrowRight", times, 90)
        press(page, "stage_blocks.1", "ArrowRight", times, 90)


def box_slider_and_switch_in_turn(page: Page) -> None:
    for _ in range(3):
        press(page, "stem_width", "ArrowUp", 5)
        press(page, "stem_width.slide", "ArrowRight", 3, 60)
        for _ in range(5):
            page.locator(".st-key-zero_init_residual label").first.click(no_wait_after=True)
            page.wait_for_timeout(QUICK)


def menus_and_depth_in_turn(page: Page) -> None:
    for network, block in (("ResNet-18 (", "bottleneck"), ("ResNet-101 (", "basic"), ("CIFAR ResNet-56 (", "bottle")):
        choose(page, "preset", network)
        press(page, "depth", "ArrowRight", 3, 60)
        choose(page, "block", block)
        press(page, "depth", "ArrowRight", 3, 60)


def text_view_and_depth_in_turn(page: Page) -> None:
    for text, view in (("2, 2, 2, 2", "Numbers"), ("3, 4, 23, 3", "Take away"), ("1, 2, 1, 1", "Picture")):
        box = control(page, "stage_blocks")
        # Playwright selects the old text, then types; a value that arrives in between undoes the selection.
        while box.input_value() != text:
            box.fill(text)
        page.keyboard.press("Enter")
        press(page, "depth", "ArrowRight", 2, 60)
        page.locator(".st-key-views").get_by_text(view, exact=True).click(no_wait_after=True)
        press(page, "depth", "ArrowRight", 2)


MOVES: tuple[tuple[Callable[[Page], None], str], ...] = (
    (hold_depth, "/"),
    (depth_and_a_stage_in_turn, "/"),
    (box_slider_and_switch_in_turn, "/?groups=Layers.Stem+and+head"),
    (menus_and_depth_in_turn, "/"),
    (text_view_and_depth_in_turn, "/"),
)


@pytest.mark.parametrize(("move", "address"), MOVES, ids=[move.__name__ for move, _ in MOVES])
def test_after_quick_moves_all_of_build_shows_one_network(page: Page, move: Callable, address: str) -> None:
    open_page(page, address)
    expect(control(page, "depth")).to_be_visible(timeout=PATIENCE)
    with busy_processor():
        move(page)
        shown = settled(page)
    query = query_of(page)
    network = evaluate(
        Draft.from_query({name: [text] for name, text in query.items() if name not in ("tab", "groups")}), ModelSpec()
    )
    assert network.whole, f"{query}: {network.error}"
    assert f"{network.graph.cost.params:,}" in str(shown["st-key-totals"]), query
    assert_a_reload_shows_the_same(page, "depth", shown)


@pytest.mark.parametrize(
    ("address", "names"),
    [
        ("/compare?net=cifar_resnet20&net=cifar_plain20&show=solver", {"compare.to": "to"}),
        ("/train?net=cifar_resnet20", {"steps": "steps", "seeds": "seeds"}),
        ("/labs?lab=signal&part=factor", {"labs.signal.depth": "depth"}),
    ],
)
def test_after_quick_moves_other_pages_show_one_value(page: Page, address: str, names: dict[str, str]) -> None:
    """`names`: a control's name in the address, by its key."""
    open_page(page, address)
    for key in names:
        expect(control(page, key)).to_be_visible(timeout=PATIENCE)
    before = settled(page)
    with busy_processor():
        for key in names:
            press(page, key, "ArrowUp", 4)
            press(page, key, "ArrowDown", 1)
        shown = settled(page)
    for key, name in names.items():
        container = f"st-key-{key.replace('.', '-')}"
        assert shown[container] != before[container]
        assert query_of(page)[name] == shown[container][1]
    assert_a_reload_shows_the_same(page, next(iter(names)), shown)
