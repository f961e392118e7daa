"""The data set in Train's setup, on a page without a browser."""

import os
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from explorer.datasets.array_file import dataset_path
from explorer.datasets.array_writer import write_dataset
from explorer.datasets.catalogue import DATASETS, NOT_HERE
from explorer.datasets.decode import UNREADABLE
from explorer.datasets.image_report import summary
from explorer.datasets.jobs import TOO_MANY
from explorer.datasets.library import TO_DOWNLOAD, note_owner, own_report
from explorer.datasets.own_images import facts_of, read_own_data
from explorer.datasets.requests import FetchRequest, OwnImagesRequest
from explorer.ui.common import visitor
from explorer.ui.common.markdown import escaped
from explorer.ui.train import dataset_jobs, own_images_panel
from explorer.ui.train.dataset_panel import OWN_TITLE
from tests.pages.conftest import Bench
from tests.pictures import class_folders, picture, write_zip
from tests.texts import numbers

ANN = "a" * 32


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine on which nobody has put a data set, and a desk without jobs."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("TORCH_HOME", raising=False)
    dataset_jobs.dataset_jobs.clear()


def own(tmp_path: Path) -> str:
    twin = picture(900)
    files = class_folders() | {"rose/*bold*.png": b"text", "rose/*twin*.png": twin, "tulip/twin.png": twin}
    archive = write_zip(tmp_path / "flowers.zip", files)
    images = read_own_data(archive, archive.name, None, lambda done, total: None)
    facts = facts_of(images)
    write_dataset(dataset_path(facts["name"]), images.arrays, facts)
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
    counts = ["1,797", "1,437", "360", "8", "8", "10"]  # all images, those of the two parts, the side twice, classes
    (caption,) = [each.value for each in app.sidebar.caption if numbers(each.value) == counts]
    assert DATASETS["digits"].shape in caption
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
    monkeypatch.setattr(dataset_jobs.DatasetJobs, "start", lambda self, *asked: started.append(asked))
    app = bench.open("train")
    app.selectbox(key="dataset").set_value("cifar10").run()
    assert not app.exception
    assert app.button(key="start").disabled
    assert any(
        TO_DOWNLOAD.format(name="CIFAR-10", size=DATASETS["cifar10"].download) in error.value
        for error in app.main.error
    )
    assert app.button(key="data.download").label == "Download 162.6 MiB"
    assert "www.cs.toronto.edu" in said(app)
    assert str(dataset_path("x").parent) in said(app)
    assert address(app) == "cifar10"
    assert "augmentation" not in app.query_params
    assert app.selectbox(key="augmentation").value == "crop_flip"
    assert started == []
    app.button(key="data.download").click().run()
    assert [(*asked[:2], str(asked[2])) for asked in started] == [
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
        raise dataset_jobs.DataJobError(TOO_MANY)

    monkeypatch.setattr(dataset_jobs.DatasetJobs, "start", refuse)
    app = bench.open("train", dataset="fashion_mnist")
    app.button(key="data.download").click().run()
    assert [error.value for error in app.sidebar.error] == [TOO_MANY]


def test_one_s_own_images_are_in_the_menu_with_their_report(bench: Bench, tmp_path: Path) -> None:
    name = own(tmp_path)
    note_owner(ANN, name)
    app = bench.open("train")
    assert not any("flowers" in option for option in app.selectbox(key="dataset").options)
    app.session_state[visitor.KEY] = ANN
    app.run()
    assert OWN_TITLE.format(name="flowers.zip") in app.selectbox(key="dataset").options
    app.selectbox(key="dataset").set_value(name).run()
    assert not app.exception
    report = own_report(name)
    assert report is not None
    assert escaped(str(summary(report))) in said(app)
    (classes,) = app.sidebar.dataframe
    assert classes.value.to_dict("records") == [
        {"class": "rose", "train": 9, "test": 2},
        {"class": "tulip", "train": 9, "test": 2},
    ]
    assert rf"rose/\*bold\*.png\: {UNREADABLE}" in said(app)
    assert r"rose/\*twin\*.png" in said(app)
    assert "rose, tulip" in said(app)
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
    monkeypatch.setattr(dataset_jobs.DatasetJobs, "start", lambda self, *asked: started.append(asked))
    (tmp_path / "sets" / "flowers").mkdir(parents=True)
    monkeypatch.setenv("RESIDUAL_EXPLORER_DATASETS", str(tmp_path / "sets"))
    app = bench.open("train")
    assert app.button(key="data.read").disabled
    assert app.selectbox(key="data.folder").options == ["None", "flowers"]
    app.selectbox(key="data.folder").set_value("flowers").run()
    app.selectbox(key="data.side").set_value("64").run()
    app.selectbox(key="data.outer").set_value("parts (train, test)").run()
    app.button(key="data.read").click().run()
    ((_, request, _, upload),) = started
    assert upload is None
    source = os.fspath(tmp_path / "sets" / "flowers")
    assert request == OwnImagesRequest("flowers", 64, str(app.session_state[visitor.KEY]), (), source, outer="parts")
    started.clear()
    own_images_panel._read(None, "../../etc", None, "")
    assert started == []
