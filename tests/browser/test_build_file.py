"""A file of weights in a real browser: dropped, identified by a real process, kept as a run, evaluated in a lab."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from playwright.sync_api import Browser, Page, expect

from explorer.engine.lowering import build_module
from explorer.engine.training.checkpoint import keep_weights
from explorer.jobs.paths import sqlite_url
from explorer.model import assemble, preset
from explorer.runs.records import NamedNetwork
from explorer.runs.settings import TrainingSettings
from explorer.runs.store.rows import new_id
from explorer.runs.store.store import Store
from explorer.ui.start.arrival import COOKIE, SEEN
from tests.browser.server import RunningApp
from tests.browser.support import (
    assert_no_exception,
    new_visitor,
    open_page,
    parameters,
    press_run,
    wait_until_idle,
)

LONG = 180_000
"""Milliseconds that a process which loads torch may take on a busy machine."""


def private_file(folder: Path) -> Path:
    """ResNet-20 of CIFAR-10 with random weights under names that no program uses, beside an optimiser's state."""
    torch.manual_seed(0)
    tensors = build_module(preset("cifar_resnet20")).state_dict()
    named = {f"module.piece{place:03}": tensor for place, tensor in enumerate(tensors.values())}
    torch.save({"epoch": 7, "net": named, "optimizer": {"momentum": torch.zeros(3)}}, folder / "mystery.pth")
    return folder / "mystery.pth"


def test_a_dropped_file_becomes_the_network_and_its_weights_are_evaluated(page: Page, tmp_path: Path) -> None:
    open_page(page, "/?preset=resnet50")
    page.get_by_role("button", name="Open a file of weights").click()
    page.locator("[class*=st-key-file-upload] input[type=file]").set_input_files(private_file(tmp_path))
    badge = page.locator(".st-key-badge-file")
    expect(badge).to_contain_text("from mystery.pth", timeout=LONG)
    expect(parameters(page)).to_contain_text(f"{assemble(preset('cifar_resnet20')).cost.params:,}")
    wait_until_idle(page)
    expect(page.get_by_text("The file leaves this open").first).to_be_visible()
    page.get_by_role("button", name="Keep as a finished run").click()
    expect(page.get_by_text("Kept as a finished run")).to_be_visible(timeout=LONG)
    page.locator(".st-key-runs-labs button").first.click()
    page.get_by_role("button", name=re.compile("Evaluate")).click()
    press_run(page)
    expect(page.get_by_text("Which classes are confused")).to_be_visible(timeout=LONG)
    expect(page.locator(".js-plotly-plot")).to_have_count(2)
    assert_no_exception(page)


def test_a_training_starts_from_kept_weights_beside_its_usual_start(page: Page, app: RunningApp) -> None:
    run_id, network = new_id(), NamedNetwork("Kept", replace(preset("cifar_resnet20"), num_classes=7))
    weights = build_module(network.spec).state_dict()
    keep_weights(app.data / "checkpoints" / f"{run_id}.safetensors", weights, f"{network.spec.to_json()} of a file")
    store = Store(sqlite_url(app.data))
    store.keep_weights(run_id, network, TrainingSettings(), owner="somebody", source="a.pth", has_images=False)
    store.close()
    open_page(page, f"/train?net=cifar_resnet20&steps=4&start_from={run_id}&frozen=stage2")
    page.get_by_text("Also from the usual start").click()
    wait_until_idle(page)
    page.get_by_role("button", name="Start training").click()
    expect(page.get_by_text(re.compile("finished: 4 of 4 steps"))).to_have_count(2, timeout=LONG)
    expect(page.get_by_text(re.compile("the head is new: 10 classes here, 7 there"))).to_be_visible()
    expect(page.get_by_text(re.compile("from its usual start")).first).to_be_visible()
    assert_no_exception(page)


DRAG = """names => {
    window.dragged ??= new DataTransfer();
    if (!window.dragged.items.length) window.dragged.items.add(new File(["no weights at all"], "notes.pth"));
    for (const name of names) {
        const target = document.elementFromPoint(600, 300);
        target.dispatchEvent(new DragEvent(name, { bubbles: true, cancelable: true, dataTransfer: window.dragged }));
    }
}"""
"""Sends the events of a file that is dragged over the middle of the page."""


@pytest.fixture
def new_tab(browser: Browser, app: RunningApp) -> Iterator[Page]:
    """A tab of its own: in one that other tests have used, a file that a script drops is not always taken."""
    context = new_visitor(browser, app.url, viewport={"width": 1440, "height": 1000})
    context.add_cookies([{"name": COOKIE, "value": SEEN, "url": app.url}])
    yield context.new_page()
    context.close()


def test_a_file_dropped_on_the_picture_that_is_none_is_a_sentence_and_the_network_stays(new_tab: Page) -> None:
    page = new_tab
    open_page(page, "/?preset=resnet18")
    before, box = parameters(page).inner_text(), page.locator(".st-key-file-anywhere section")
    expect(box).to_be_attached()
    # The page says for a moment that it is idle before its first run; a box that is drawn again loses what it took.
    wait_until_idle(page)
    expect(box).to_be_hidden()
    page.evaluate(DRAG, ["dragenter"])
    expect(box).to_be_visible()
    wait_until_idle(page)
    page.evaluate(DRAG, ["dragenter", "dragover", "drop"])
    expect(page.get_by_text(re.compile("notes.pth is not a checkpoint"))).to_be_visible(timeout=LONG)
    assert parameters(page).inner_text() == before
    assert_no_exception(page)
