"""Build's picture in a real browser: runs unfolded in place, blocks opened with their arithmetic, files taken away."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.support import boxes, open_page, open_view

expect.set_options(timeout=30_000)

MAGIC = {"svg": b"<svg", "png": b"\x89PNG", "pdf": b"%PDF", "dot": b"digraph"}


def overview(page: Page) -> Locator:
    return page.locator(".st-key-overview svg[viewBox]")


def block(page: Page, path: str) -> Locator:
    return overview(page).locator(f".block[data-path='{path}']")


def left_of(part: Locator) -> float:
    (box,) = boxes(part)
    return box.x


def scale(page: Page) -> str:
    """How the drawing is enlarged."""
    return str(page.locator(".st-key-overview .stage").evaluate("stage => stage.style.getPropertyValue('--scale')"))


def test_a_run_of_two_hundred_blocks_opens_in_place_and_folds_again(page: Page) -> None:
    open_page(page, "/?preset=cifar_resnet1202")
    blocks = overview(page).locator(".block[data-path^='layer2.']")
    arches = overview(page).locator(".skip[data-path^='layer2.']")
    few = 5
    expect(blocks).to_have_count(few)
    before, size = left_of(block(page, "layer2.1")), scale(page)
    overview(page).locator("[data-fold=layer2][data-first]").click()
    expect(blocks).to_have_count(200)
    expect(arches).to_have_count(200)
    assert left_of(block(page, "layer2.1")) == pytest.approx(before, abs=2)
    assert scale(page) == size
    count = overview(page).locator("[data-fold=layer2][data-first]").first
    expect(count).to_have_attribute("aria-expanded", "true")
    count.focus()
    page.keyboard.press("Enter")
    expect(blocks).to_have_count(few)
    expect(overview(page).locator("[data-fold=layer2][data-first]")).to_be_focused()


def test_arrow_keys_go_from_block_to_block_and_enter_opens_its_arithmetic(page: Page) -> None:
    open_page(page, "/?preset=resnet152")
    page.locator(".st-key-overview .frame").focus()
    page.keyboard.press("Tab")
    expect(overview(page).locator("[data-path=stem]").first).to_be_focused()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    expect(block(page, "layer2.0")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(overview(page).locator("[data-fold=layer2][data-first]")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator(".st-key-overview [data-act=out]")).to_be_focused()
    open_view(page, "Layers")
    block(page, "layer2.0").focus()
    page.keyboard.press("Enter")
    opened = page.locator(".st-key-block-opened")
    expect(opened.locator("svg[viewBox] [class*='skip']").first).to_be_visible()
    expect(opened.get_by_text("layer2.0: 379,392 parameters")).to_be_visible()
    numbers = page.locator(".st-key-block-numbers table")
    expect(numbers.locator("tr", has_text="conv2").locator(".katex").nth(1)).to_contain_text("=115,605,504")
    expect(numbers.locator("tr").last).to_contain_text("372,506,624")
    expect(opened.locator(".katex").first).to_contain_text("ReLU")
    # It is in sight without scrolling by hand.
    expect(opened).to_be_in_viewport(ratio=0.1)


def test_the_view_keeps_its_place_and_its_node_while_the_network_changes(page: Page) -> None:
    open_page(page, "/")
    overview(page).evaluate("drawing => { drawing.getRootNode().querySelector('.frame').dataset.mark = 'mine'; }")
    first = scale(page)
    page.locator(".st-key-overview .frame").focus()
    page.keyboard.press("+")
    enlarged = scale(page)
    assert float(enlarged) > float(first)
    page.locator(".st-key-stage_blocks-2 input[type=range]").first.focus()
    page.keyboard.press("ArrowRight")
    expect(block(page, "layer3.6")).to_have_count(1)
    assert scale(page) == enlarged
    expect(page.locator(".st-key-overview .frame[data-mark=mine]")).to_have_count(1)
    page.locator(".st-key-overview [data-act=fit]").click()
    assert scale(page) == first


def test_the_picture_fits_a_window_that_changes(page: Page) -> None:
    def fits() -> bool:
        frame, drawing = boxes(page.locator(".st-key-overview .frame"), overview(page))
        return abs(frame.width - drawing.width) < 2 and drawing.x >= frame.x - 1

    open_page(page, "/?preset=resnet50")
    assert fits()
    wide = float(scale(page))
    page.set_viewport_size({"width": 1150, "height": 900})
    expect(page.locator(".st-key-overview .stage")).not_to_have_attribute("style", re.compile(f"--scale: {wide}"))
    assert float(scale(page)) < 0.85 * wide
    assert fits()
    # A drawing that comes later is measured by the new window.
    page.locator(".st-key-stage_blocks-1 input[type=range]").first.focus()
    page.keyboard.press("ArrowRight")
    expect(block(page, "layer2.4")).to_have_count(1)
    assert fits()


def test_skip_connections_keep_their_width_when_the_picture_is_small(page: Page) -> None:
    open_page(page, "/?preset=resnet18&skip=shortcut_gate")
    page.locator(".st-key-overview .frame").focus()
    for _ in range(8):
        page.keyboard.press("-")
    drawn = """path => {
        const look = getComputedStyle(path);
        return parseFloat(look.strokeWidth) * parseFloat(look.getPropertyValue("--scale"));
    }"""
    for arch in overview(page).locator(".skip > path:first-of-type").all():
        assert arch.evaluate(drawn) > 1.3


FILES = {"overview": ("svg", "png", "pdf"), "graph": ("dot", "svg", "png", "pdf")}


@pytest.mark.parametrize(("key", "formats"), FILES.items(), ids=FILES)
def test_pictures_are_downloaded_as_files(page: Page, key: str, formats: tuple[str, ...]) -> None:
    open_page(page, "/?preset=resnet18&opened=layer1.0")
    page.locator(f".st-key-{key}-files button").first.click()
    for file_format in formats:
        with page.expect_download() as saved:
            page.locator(f".st-key-{key}-{file_format} button").click()
        assert saved.value.suggested_filename.endswith(f".{file_format}")
        content = Path(saved.value.path()).read_bytes()
        assert content.lstrip().startswith((MAGIC[file_format], b"<?xml"))
        assert len(content) > 1000
