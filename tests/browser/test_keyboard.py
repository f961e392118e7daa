"""Build by keyboard alone: Tab, arrows, Enter, Escape; the focus is always visible."""

import re

from playwright.sync_api import Page, expect

from tests.browser.support import open_page, parameters, wait_until_idle

expect.set_options(timeout=30_000)

FOCUSED = """() => {
    let at = document.activeElement;
    while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
    const owner = at.closest('[class*=st-key-]') ?? at.getRootNode().host?.closest('[class*=st-key-]');
    const key = [...(owner?.classList ?? [])].find((name) => name.startsWith('st-key-')) ?? '';
    // What of the element, of what it stands in and of what stands in it may show that it has the focus.
    const shows = ['outline', 'boxShadow', 'borderColor', 'backgroundColor', 'filter', 'opacity'];
    const look = (parts) => parts.map((part) => shows.map((name) => getComputedStyle(part)[name]).join());
    const before = window.lastFocused;
    const faded = before?.parts.every((part) => part.isConnected) && before.look.join() === look(before.parts).join();
    const parts = [...at.querySelectorAll('*')].slice(0, 40);
    for (let part = at; part && parts.length < 46; part = part.parentElement) parts.push(part);
    window.lastFocused = at === document.body ? null : { parts, look: look(parts), name: `${at.tagName} ${key} ${
        at.getAttribute('aria-label') ?? at.textContent.slice(0, 40)}` };
    return { key: key.replace('st-key-', ''), tag: at.tagName.toLowerCase(), type: at.type ?? '',
        role: at.getAttribute('role') ?? '', path: at.dataset?.path ?? '', text: at.textContent.slice(0, 60),
        label: at.getAttribute('aria-label') ?? '', unseen: faded ? before.name : '' };
}"""
"""The element that has the focus, and in `unseen` the one before it, if it looked with the focus as it does without."""
MOST_TABS = 150


class Walk:
    """Tab after Tab through the page, noting where the focus was seen and where not."""

    def __init__(self, page: Page) -> None:
        self.page = page
        # A widget whose program is still on its way has no place in the order of Tab.
        expect(page.locator("[data-testid=stSkeleton]")).to_have_count(0, timeout=120_000)
        page.add_style_tag(content="* { transition: none !important; animation: none !important; }")
        self.unseen: list[str] = []

    def to(self, what: str, **wanted: str) -> dict[str, str]:
        """Presses Tab until the focused element is `what`: its properties match the patterns given."""
        for _ in range(MOST_TABS):
            self.page.keyboard.press("Tab")
            found = self.page.evaluate(FOCUSED)
            if found["unseen"]:
                self.unseen.append(found["unseen"])
            if all(re.search(pattern, found[name]) for name, pattern in wanted.items()):
                return found
        raise AssertionError(f"Tab never came to {what}.")


def test_build_by_keyboard_alone(page: Page) -> None:
    open_page(page, "/")
    walk = Walk(page)
    walk.to("a button of the title row", tag="^button$", key="^train$")
    walk.to("the picture", key="^overview$", tag="^div$")
    walk.to("its parts", path="^stem$")
    for _ in range(6):
        page.keyboard.press("ArrowRight")
        if page.evaluate(FOCUSED)["path"] == "layer1.0":
            break
    page.keyboard.press("Enter")
    expect(page.get_by_text("layer1.0: 75,008 parameters")).to_be_visible()
    wait_until_idle(page)
    walk.to("the groups of views", role="^radio$", key="^views$", text="^Picture$")
    page.keyboard.press("ArrowRight")
    assert page.evaluate(FOCUSED)["text"] == "Numbers"
    page.keyboard.press("Space")
    expect(page).to_have_url(re.compile("tab=Stages"))
    wait_until_idle(page)
    walk.to("a download", text="CSV|Markdown|LaTeX", tag="^button$")
    assert walk.unseen == []


def test_the_controls_by_keyboard_alone(page: Page) -> None:
    open_page(page, "/")
    walk = Walk(page)
    walk.to("a slider", type="^range$", key="stage_blocks-2")
    page.keyboard.press("ArrowRight")
    wait_until_idle(page)
    expect(page).to_have_url(re.compile("stage_blocks=3-4-7-3"))
    assert parameters(page).inner_text() == "26,674,216"
    walk.to("a closed group", tag="^summary$", text="Shortcut")
    page.keyboard.press("Enter")
    # What the group holds comes with the answer: to walk on before would be to walk past it.
    expect(page.locator(".st-key-skip [role=combobox]")).to_be_visible()
    wait_until_idle(page)
    walk.to("its first menu", role="^combobox$", key="^skip$")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("skip="))
    wait_until_idle(page)
    assert walk.unseen == []
