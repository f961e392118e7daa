"""A class that trains together, in real browsers: a teacher and two students, until the band and the stop."""

import csv
import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from explorer.model import preset
from explorer.shared_runs.records import STOPPED_BY_TEACHER, why
from explorer.ui.common.networks import network_name
from tests.browser.support import open_page, wait_until_idle, wait_until_painted
from tests.browser.test_accessibility import violations
from tests.browser.test_class import code_of, join, open_class, press

TRAINED = 90_000
"""Milliseconds within which some trainings of a second each have ended, on a busy machine."""
TINY = quote(network_name(replace(preset("cifar_resnet20"), stage_blocks=(1, 1, 1))))
ADDRESS = f"/train?net={TINY}&batch_size=16&seed=3&steps="


@pytest.fixture
def students(browser, app) -> Iterator[list[Page]]:
    contexts = [browser.new_context(base_url=app.url, viewport={"width": 390, "height": 800}) for _ in range(2)]
    yield [context.new_page() for context in contexts]
    for context in contexts:
        context.close()


def define(teacher: Page, steps: int, runs: int) -> None:
    teacher.get_by_text("Train together: a shared run").click()
    teacher.get_by_role("textbox", name="Networks and settings").fill(f"{ADDRESS}{steps}")
    teacher.get_by_role("textbox", name="Networks and settings").press("Enter")
    wait_until_idle(teacher)
    teacher.get_by_role("spinbutton", name="Runs of each seat").fill(str(runs))
    teacher.get_by_role("spinbutton", name="Runs of each seat").press("Enter")
    expect(teacher.get_by_text(f"2 students are here; in all they can start {2 * runs} trainings")).to_be_visible(
        timeout=TRAINED
    )
    press(teacher, "Open the shared run")


def start(student: Page) -> None:
    button = student.get_by_role("button", name="Run my seed")
    expect(button).to_be_enabled(timeout=TRAINED)
    button.click()
    wait_until_idle(student)


def test_a_class_trains_together_and_its_band_grows(page: Page, students: list[Page]) -> None:
    open_class(page)
    code = code_of(page)
    for student, name in zip(students, ("Ann", "Bob"), strict=True):
        join(student, code, name)
    open_page(page, "/class")
    define(page, steps=30, runs=2)
    for student in students:
        start(student)
    expect(students[0].get_by_text("Your seed is 3.")).to_be_visible(timeout=TRAINED)
    expect(students[1].get_by_text("Your seed is 4.")).to_be_visible(timeout=TRAINED)
    expect(page.get_by_text(re.compile("2 finished"))).to_be_visible(timeout=TRAINED)
    plot = page.locator(".st-key-class-shared-chart .plot")
    expect(plot.locator(".js-line")).not_to_have_count(0, timeout=TRAINED)
    expect(plot.locator(".js-fill")).to_have_count(0)
    for student in students:
        expect(student.locator(".st-key-class-shared-own .plot .js-line")).to_have_count(1, timeout=TRAINED)
        start(student)
    expect(page.get_by_text(re.compile("4 finished"))).to_be_visible(timeout=TRAINED)
    expect(plot.locator(".js-fill")).to_have_count(1, timeout=TRAINED)
    expect(plot).to_have_attribute("aria-label", re.compile("4 seeds: .* at step 30"), timeout=TRAINED)
    for each in (page, students[0]):
        wait_until_painted(each)
        assert violations(each) == []
    with page.expect_download() as download:
        page.get_by_role("button", name="Curves as CSV").click()
    rows = list(csv.DictReader(download.value.path().read_text().splitlines()))
    losses = [row for row in rows if row["quantity"] == "train_loss"]
    assert {(seed, step) for seed in "3456" for step in ("10", "20", "30")} <= {
        (row["seed"], row["step"]) for row in losses
    }

    define(page, steps=5_000, runs=1)
    start(students[0])
    expect(page.get_by_text(re.compile("1 running"))).to_be_visible(timeout=TRAINED)
    press(page, "Stop all")
    expect(students[0].get_by_text(str(why(STOPPED_BY_TEACHER)))).to_be_visible(timeout=TRAINED)
    expect(students[1].get_by_text("The teacher has closed this shared run")).to_be_visible(timeout=TRAINED)
    expect(page.get_by_role("button", name="Let the class start runs again")).to_be_visible(timeout=TRAINED)
    assert "Ann" not in page.inner_text("body")
