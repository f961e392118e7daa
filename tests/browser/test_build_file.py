"""A file of weights in a real browser: dropped, identified by a real process, kept as a run, evaluated in a lab."""

import re
from pathlib import Path

import torch
from playwright.sync_api import Page, expect

from explorer.engine.lowering import build_module
from explorer.model import assemble, preset
from tests.browser.support import assert_no_exception, open_page, parameters, press_run, wait_until_idle

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


def test_a_file_that_is_none_is_a_sentence_and_the_network_stays(page: Page, tmp_path: Path) -> None:
    (tmp_path / "notes.pth").write_text("no weights at all")
    open_page(page, "/?preset=resnet18&tab=File")
    before = parameters(page).inner_text()
    page.locator("[class*=st-key-file-upload] input[type=file]").set_input_files(tmp_path / "notes.pth")
    expect(page.get_by_text(re.compile("notes.pth is not a checkpoint"))).to_be_visible(timeout=LONG)
    assert parameters(page).inner_text() == before
    assert_no_exception(page)
