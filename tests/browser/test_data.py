"""Data sets in a real browser: downloads that fail, and a visitor's own images, valid and invalid."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.server import RunningApp, running_app
from tests.browser.support import open_page, wait_until_idle
from tests.file_server import FileServer, file_server
from tests.pictures import class_folders, write_zip

READ = 90_000
"""Milliseconds that a child process may take on a busy machine."""
LONG = 240_000

expect.set_options(timeout=30_000)


@pytest.fixture(scope="module")
def mirror() -> Iterator[FileServer]:
    with file_server() as server:
        yield server


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory, mirror: FileServer) -> Iterator[RunningApp]:
    """The real app, with a mirror on this machine in the place of the authors' servers, and nobody's home."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RESIDUAL_EXPLORER_MIRROR", mirror.address)
        patch.setenv("HOME", str(home))
        with running_app(tmp_path_factory.mktemp("app")) as running:
            yield running


def kept(app: RunningApp) -> list[str]:
    """Everything below the folder of data sets but the folders."""
    return sorted(path.name for path in (app.data / "datasets").rglob("*") if path.is_file())


def test_a_download_states_its_size_and_a_failure_is_explained(page: Page, app: RunningApp, mirror: FileServer) -> None:
    mirror.files["cifar-10-python.tar.gz"] = bytes(2**20)
    mirror.stalls = True
    open_page(page, "/train?net=cifar_resnet20")
    page.get_by_role("combobox", name=re.compile("Data set")).click()
    page.get_by_role("option", name="CIFAR-10", exact=True).click()
    wait_until_idle(page)
    sidebar = page.get_by_test_id("stSidebar")
    expect(sidebar.get_by_text("60,000 images")).to_be_visible()
    start = page.get_by_role("button", name="Start training")
    expect(start).to_be_disabled()
    assert mirror.asked == []

    fetch = page.get_by_role("button", name="Download 162.6 MiB")
    fetch.click()
    expect(sidebar.get_by_text(re.compile(r"0\.\d of 162\.6 MiB from"))).to_be_visible(timeout=READ)
    sidebar.get_by_role("button", name="Cancel").click()
    expect(sidebar.get_by_text("Cancelled; nothing was kept.")).to_be_visible()
    mirror.stalls = False
    mirror.let_go.set()

    fetch.click()
    expect(sidebar.get_by_text("its checksum is not the published one")).to_be_visible(timeout=READ)
    mirror.close()
    fetch.click()
    expect(sidebar.get_by_text("this machine cannot reach 127.0.0.1")).to_be_visible(timeout=READ)
    expect(start).to_be_disabled()
    assert mirror.asked == ["cifar-10-python.tar.gz"] * 2
    assert kept(app) == []
    page.reload()
    wait_until_idle(page)
    expect(page).to_have_url(re.compile("dataset=cifar10"))
    expect(fetch).to_be_visible()


def read_images(page: Page, archive: Path) -> None:
    page.get_by_test_id("stSidebar").locator("input[type=file]").set_input_files(archive)
    wait_until_idle(page)
    page.get_by_role("button", name="Read the images").click()


def test_own_images_good_and_bad(page: Page, app: RunningApp, tmp_path: Path) -> None:
    files = class_folders()
    open_page(page, "/train?net=cifar_resnet20&steps=20&batch_size=4")
    sidebar = page.get_by_test_id("stSidebar")
    sidebar.get_by_text("Your own images").click()
    read_images(page, write_zip(tmp_path / "climber.zip", files | {"../../outside.png": b"x"}))
    expect(sidebar.get_by_text("the path '../../outside.png' leads out of it")).to_be_visible(timeout=READ)
    read_images(page, write_zip(tmp_path / "bomb.zip", files | {"rose/bomb.png": bytes(8 * 2**20)}))
    expect(sidebar.get_by_text(re.compile(r"rose/bomb\.png unpacks to [\d,]+ times its size"))).to_be_visible(
        timeout=READ
    )
    assert kept(app) == []
    read_images(page, write_zip(tmp_path / "flowers.zip", files | {"rose/note.png": b"no picture"}))
    expect(sidebar.get_by_text("20 images of 2 classes")).to_be_visible(timeout=READ)
    expect(sidebar.get_by_text("Left out: 1 file.")).to_be_visible()
    expect(sidebar.get_by_text("16 to train and 4 to test")).to_be_visible()
    expect(page).to_have_url(re.compile("dataset=own_[0-9a-f]{32}"))
    page.reload()
    wait_until_idle(page)
    expect(sidebar.get_by_text("20 images of 2 classes")).to_be_visible()
    page.get_by_role("button", name="Start training").click()
    expect(page.locator(".st-key-standings").get_by_text("finished: 20 of 20 steps")).to_be_visible(timeout=LONG)
    expect(page.get_by_text(re.compile("on flowers.zip, 20 steps"))).to_be_visible()
