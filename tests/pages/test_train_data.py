"""The data set in Train's setup, on a page without a browser."""

import os
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from explorer.datasets.array_file import dataset_path
from explorer.datasets.array_writer import write_dataset
from explorer.datasets.catalogue import NOT_HERE
from explorer.datasets.decode import UNREADABLE
from explorer.datasets.library import note_owner
from explorer.datasets.own_images import read_own_data
from explorer.datasets.requests import FetchRequest, OwnImagesRequest
from explorer.ui.common import visitor
from explorer.ui.train import dataset_panel
from tests.pages.conftest import Bench
from tests.pictures import class_folders, write_zip

ANN = "a" * 32


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine on which nobody has put a data set, and a desk without jobs."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("TORCH_HOME", raising=False)
    dataset_panel.dataset_jobs.clear()


def own(tmp_path: Path) -> str:
    files = class_folders() | {"rose/*bold*.png": b"text"}
    archive = write_zip(tmp_path / "flowers.zip", files)
    arrays, facts = read_own_data(archive, archive.name, None, lambda done, total: None)
    write_dataset(dataset_path(facts["name"]), arrays, facts)
    return str(facts["name"])


def said(app: AppTest) -> str:
    return "\n".join(each.value for each in (*app.sidebar.caption, *app.sidebar.markdown, *app.sidebar.warning))


def address(app: AppTest) -> str:
    """The data set in the address bar."""
    value = app.query_params["dataset"]
    return value if isinstance(value, str) else value[-1]


def test_digits_are_described_and_shown(bench: Bench) -> None:
    app = bench.open("train")
    assert not app.exception
    assert "1,797 images, 1,437 to train and 360 to test · 8×8 pixels, grey · 10 classes" in said(app)
    assert len(app.sidebar.get("image")) == 1


def test_what_is_said_of_the_digits_is_not_said_of_other_images(bench: Bench) -> None:
    app = bench.open("train")
    assert "handwritten digits" in " ".join(text.value for text in app.main.markdown).replace("\n", " ")
    app.selectbox(key="dataset").set_value("gratings").run()
    assert "handwritten" not in " ".join(text.value for text in app.main.markdown)


def test_a_download_is_offered_with_its_size_and_begins_with_a_click_only(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[tuple[object, ...]] = []
    monkeypatch.setattr(dataset_panel.DatasetJobs, "start", lambda self, *asked: started.append(asked))
    app = bench.open("train")
    app.selectbox(key="dataset").set_value("cifar10").run()
    assert not app.exception
    assert app.button(key="start").disabled
    assert any("CIFAR-10 is not on this machine yet; it is a download of 162.6 MiB." in e.value for e in app.main.error)
    assert app.button(key="data.download").label == "Download 162.6 MiB"
    assert "www.cs.toronto.edu" in said(app)
    assert str(dataset_path("x").parent) in said(app)
    assert address(app) == "cifar10"
    assert "augmentation" not in app.query_params
    assert app.selectbox(key="augmentation").value == "crop_flip"
    assert started == []
    app.button(key="data.download").click().run()
    assert [asked[:3] for asked in started] == [
        ("cifar10", FetchRequest("cifar10"), "connecting to www.cs.toronto.edu")
    ]


def test_a_change_of_the_data_set_keeps_what_the_visitor_has_set(bench: Bench) -> None:
    app = bench.open("train", dataset="cifar10")
    assert app.selectbox(key="augmentation").value == "crop_flip"
    app.selectbox(key="dataset").set_value("digits").run()
    assert app.selectbox(key="augmentation").value == "none"
    app.selectbox(key="augmentation").set_value("crop").run()
    app.selectbox(key="dataset").set_value("cifar10").run()
    assert app.selectbox(key="augmentation").value == "crop"


def test_no_job_can_be_started_is_a_sentence(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise dataset_panel.DataJobError("Other data sets are being read just now; try again in a moment.")

    monkeypatch.setattr(dataset_panel.DatasetJobs, "start", refuse)
    app = bench.open("train", dataset="fashion_mnist")
    app.button(key="data.download").click().run()
    assert [error.value for error in app.sidebar.error] == [
        "Other data sets are being read just now; try again in a moment."
    ]


def test_one_s_own_images_are_in_the_menu_with_their_report(bench: Bench, tmp_path: Path) -> None:
    name = own(tmp_path)
    note_owner(ANN, name)
    app = bench.open("train")
    assert not any("flowers" in option for option in app.selectbox(key="dataset").options)
    app.session_state[visitor.KEY] = ANN
    app.run()
    assert "flowers.zip · only on this machine" in app.selectbox(key="dataset").options
    app.selectbox(key="dataset").set_value(name).run()
    assert not app.exception
    assert "**20 images read.** Shorter side 12 pixels" in said(app)
    assert rf"rose/\*bold\*.png {UNREADABLE}." in said(app)
    assert "In turn: rose, tulip" in said(app)
    assert not app.button(key="start").disabled
    assert address(app) == name
    app.button(key="data.remove").click().run()
    assert app.selectbox(key="dataset").value == "digits"
    assert not dataset_path(name).exists()


def test_a_link_to_images_that_are_not_here_is_a_sentence_and_keeps_the_choice(bench: Bench) -> None:
    name = f"own_{'0' * 32}"
    app = bench.open("train", dataset=name)
    assert not app.exception
    assert app.selectbox(key="dataset").value == name
    assert any(NOT_HERE in error.value for error in app.sidebar.error)
    assert app.button(key="start").disabled
    assert address(app) == name


def test_folders_of_the_server_are_offered_by_name_and_no_path_gets_in(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[tuple[object, ...]] = []
    monkeypatch.setattr(dataset_panel.DatasetJobs, "start", lambda self, *asked: started.append(asked))
    (tmp_path / "sets" / "flowers").mkdir(parents=True)
    monkeypatch.setenv("RESIDUAL_EXPLORER_DATASETS", str(tmp_path / "sets"))
    app = bench.open("train")
    assert app.button(key="data.read").disabled
    assert app.selectbox(key="data.folder").options == ["None", "flowers"]
    app.selectbox(key="data.folder").set_value("flowers").run()
    app.selectbox(key="data.side").set_value("64").run()
    app.button(key="data.read").click().run()
    ((_, request, _, upload),) = started
    assert upload is None
    source = os.fspath(tmp_path / "sets" / "flowers")
    assert request == OwnImagesRequest("flowers", 64, str(app.session_state[visitor.KEY]), (), source)
    started.clear()
    dataset_panel._read(None, "../../etc", None)
    assert started == []
