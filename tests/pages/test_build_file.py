"""Build, From a file: a file becomes the network, undecided fields are marked at their controls."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from explorer.datasets.catalogue import NO_DATASET
from explorer.identify.records import Evidence, Explained, Identification, Normalisation
from explorer.jobs import identification
from explorer.jobs.one_shot import Progress
from explorer.jobs.paths import checkpoint_path
from explorer.model import ModelSpec, preset
from explorer.ui.build import file_panel, file_uses, kept_weights
from explorer.ui.build.open_values import OpenValues, open_values
from explorer.ui.build.opened_file import OPENED
from explorer.ui.common.session import LAST_VALID_SPEC
from explorer.ui.labs.shared import finished_runs
from tests.pages.conftest import Bench

RESNET20 = preset("cifar_resnet20")
FOUND = Identification(
    "best.pth",
    RESNET20,
    "undecided",
    "cifar_resnet20",
    "ResNet-20",
    Explained(130, 131, 270_000, 270_100),
    leftover=("criterion.weight",),
    undecided={"shortcut": ("pad", "pad_behind", "none"), "activation": ("relu", "silu")},
    evidence=(
        Evidence(RESNET20, 0.1, (0.1, 0.2)),
        Evidence(replace(RESNET20, shortcut="none"), 2.3, (2.0, 3.0), 90.0),
    ),
    decided_by="norms",
    normalisation=Normalisation((0.485, 0.456, 0.406), (0.229, 0.224, 0.225), 0.1),
    wrapping="state_dict.module.",
    skipped=("optimiser state",),
)


Written = tuple[ModelSpec, Path, dict[str, Any]]


class Job:
    """Stands for the process that reads a file."""

    def __init__(self, path: Path, images: str) -> None:
        self.read = path.read_bytes()
        self.images = images
        self.answer: Identification | None = FOUND
        self.error = ""
        self.progress = Progress(1, 2, "Reading")
        self.done = True
        self.was_cancelled = False

    def cancel(self) -> None:
        self.was_cancelled = True


@pytest.fixture
def jobs(monkeypatch: pytest.MonkeyPatch) -> list[Job]:
    started: list[Job] = []

    def start(path: Path, images: str = "") -> Job:
        started.append(Job(path, images))
        return started[-1]

    monkeypatch.setattr(identification, "start_identification", start)
    return started


def upload(app: AppTest, name: str = "best.pth") -> AppTest:
    (uploader,) = [each for each in app.file_uploader if str(each.key).startswith("file.upload.")]
    app = uploader.upload(name, b"tensors", "application/octet-stream").run()
    assert not app.exception
    return app


def spec_of(app: AppTest) -> ModelSpec:
    found = app.session_state[LAST_VALID_SPEC]
    assert isinstance(found, ModelSpec)
    return found


def badges(app: AppTest) -> list[str]:
    return [each.label for each in app.button if each.key == "badge.file"]


def test_a_file_becomes_the_network_and_its_badge_counts_its_tensors(bench: Bench, jobs: list[Job]) -> None:
    app = bench.open(preset="resnet50")
    app = app.button(key="file.open").click().run()
    app = upload(app)
    assert jobs[0].read == b"tensors"
    assert spec_of(app) == RESNET20
    assert badges(app) == [":violet-badge[:material/folder_open: from best.pth, 130 of 131 tensors]"]
    facts = dict(app.dataframe[0].value.itertuples(index=False))
    assert facts["tensors explained"] == "130 of 131"
    assert facts["normalisation of an image"].startswith("mean 0.485, 0.456, 0.406; standard deviation 0.229")
    assert facts["decided by"] == "statistics of the norms"
    assert any("criterion.weight" in each.value for each in app.code)


def test_an_undecided_field_is_marked_at_its_control_and_a_click_takes_another_value(
    bench: Bench, jobs: list[Job]
) -> None:
    app = upload(bench.open(tab="File"))
    others = [each for each in app.button if str(each.key).startswith("shortcut.open.")]
    assert len(others) == 2
    app = others[0].click().run()  # the nearest of those that were tried
    assert spec_of(app) == replace(RESNET20, shortcut="none")
    assert badges(app), "another value of an undecided field is still the file's network"
    app = app.number_input(key="num_classes").set_value(11).run()
    assert not badges(app)
    assert not [each for each in app.button if ".open." in str(each.key)]


def test_open_values_have_the_likeliest_first_and_rare_ones_are_counted() -> None:
    values = tuple(range(12))
    tried = tuple(Evidence(replace(RESNET20, stem_width=width), 1.0) for width in (9, 3))
    found = replace(FOUND, undecided={"stem_width": values, "shortcut": ("pad", "none")}, evidence=tried)
    assert list(open_values(found).items()) == [
        ("shortcut", OpenValues("pad", ("none",), 0)),
        ("stem_width", OpenValues(0, (9, 3, 1, 2), 7)),
    ]
    assert list(file_panel.undecided_table(found)["possible values"])[1] == "0, 9, 3, 1, 2 (and 7 rarer values)"


def test_what_the_values_do_not_exclude_is_told_in_the_words_of_the_controls(
    bench: Bench, jobs: list[Job], monkeypatch: pytest.MonkeyPatch
) -> None:
    left = {"head_scale": (1.0, 0.125), "dilations": (None, (1, 1, 2))}
    monkeypatch.setitem(globals(), "FOUND", replace(FOUND, grade="proven", undecided={}, unexcluded=left))
    app = upload(bench.open(tab="File"))
    words = "Factor on the outputs: 0.125; Dilations per stage: 1, 1, 2"
    assert [each for each in app.caption if each.value == file_panel.NOT_EXCLUDED.format(fields=words)]


def test_a_file_of_no_known_network_changes_nothing_and_offers_the_nearest(
    bench: Bench, jobs: list[Job], monkeypatch: pytest.MonkeyPatch
) -> None:
    unknown = replace(FOUND, grade="unknown", label="no residual network", undecided={}, evidence=())
    monkeypatch.setitem(globals(), "FOUND", unknown)
    app = upload(bench.open(preset="resnet18", tab="File"))
    assert spec_of(app) == preset("resnet18")
    assert app.warning[0].value.startswith("**best.pth: no residual network**")
    app = app.button(key="file.show").click().run()
    assert spec_of(app) == RESNET20
    assert not badges(app)


def test_a_file_that_cannot_be_read_is_a_sentence_and_the_network_stays(bench: Bench, jobs: list[Job]) -> None:
    app = upload(bench.open(preset="resnet18", tab="File"))
    jobs[0].answer, jobs[0].error = None, "best.pth is damaged."
    app = app.run()
    assert [each.value for each in app.error] == ["best.pth is damaged."]


def test_work_under_way_shows_its_progress_and_can_be_cancelled(bench: Bench, jobs: list[Job]) -> None:
    app = upload(bench.open(tab="File"))
    jobs[0].answer, jobs[0].done = None, False
    app = app.run()
    folder = app.session_state[OPENED].folder
    assert folder.is_dir()
    app = app.button(key="file.cancel").click().run()
    assert jobs[0].was_cancelled
    assert not folder.exists()
    assert [each.value for each in app.caption if each.value == file_panel.EMPTY]


def test_the_weights_are_asked_on_chosen_images_and_the_controls_take_the_answer(
    bench: Bench, jobs: list[Job], monkeypatch: pytest.MonkeyPatch
) -> None:
    shapes = replace(FOUND, evidence=(), decided_by="shapes")
    monkeypatch.setitem(globals(), "FOUND", shapes)
    app = upload(bench.open(tab="File"))
    behind = replace(RESNET20, shortcut="pad_behind")
    weighed = replace(shapes, spec=behind, grade="proven", undecided={}, reason="Every other candidate is farther.")
    evidence = (Evidence(behind, 0.1, (0.1, 0.2)), Evidence(RESNET20, None, (), 90.0))
    monkeypatch.setitem(globals(), "FOUND", replace(weighed, evidence=evidence))
    app = app.selectbox(key="file.images").set_value("gratings").run()
    app = app.button(key="file.weigh").click().run()
    assert [job.images for job in jobs] == ["", "gratings"]
    assert not app.exception
    assert spec_of(app) == behind
    assert any("Every other candidate is farther." in each.value for each in app.success)
    assert any("error 90.0 %" in each.proto.spec for each in app.get("plotly_chart"))


def test_asking_the_weights_can_be_cancelled_and_the_first_answer_stays(bench: Bench, jobs: list[Job]) -> None:
    app = upload(bench.open(tab="File"))
    app = app.button(key="file.weigh").click().run()
    jobs[1].answer, jobs[1].done = None, False
    app = app.run()
    assert not [each for each in app.button if each.key == "file.weigh"]
    app = app.button(key="file.cancel").click().run()
    assert jobs[1].was_cancelled
    assert not jobs[0].was_cancelled
    assert app.session_state[OPENED].identification is FOUND


def test_a_name_from_outside_stays_in_the_folder(bench: Bench, jobs: list[Job]) -> None:
    app = upload(bench.open(tab="File"), "../../escaped.pth")
    opened = app.session_state[OPENED]
    assert opened.path == opened.folder / "escaped.pth"
    assert opened.path.is_file()


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[Written]:
    """What was written of files: the network, where to, and how."""
    done: list[Written] = []

    def write(path: Path, found: Identification, spec: ModelSpec, output: Path, **how: Any) -> int:
        done.append((spec, output, how))
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_bytes(b"weights")
        return 3

    monkeypatch.setattr(file_uses, "write_file_weights", write)
    monkeypatch.setattr(kept_weights, "write_file_weights", write)
    return done


def test_weights_are_kept_as_a_finished_run_that_the_labs_take(
    bench: Bench, jobs: list[Job], written: list[Written]
) -> None:
    app = upload(bench.open(tab="File"))
    app = app.selectbox(key="file.dataset").set_value("gratings").run()
    app = app.button(key="file.keep").click().run()
    assert not app.exception
    (run,) = bench.store.runs(states=["finished"])
    assert (run.spec, run.dataset, run.steps) == (RESNET20, "gratings", 0)
    assert "best.pth" in run.reason
    assert run.settings.normalisation == "0.485,0.456,0.406/0.229,0.224,0.225", "what the file's values say"
    assert written == [(RESNET20, checkpoint_path(run.id), {"of_a_run": True})]
    assert bench.store.queue() == []
    assert [each.value for each in app.success if "finished run" in each.value]
    offered = finished_runs.offered_runs(bench.store, run.owner, ())
    assert list(offered) == [run.id]


def test_a_file_with_other_classes_than_any_data_set_is_not_offered_one(
    bench: Bench, jobs: list[Job], monkeypatch: pytest.MonkeyPatch
) -> None:
    other = replace(FOUND, spec=replace(RESNET20, num_classes=7), undecided={})
    monkeypatch.setitem(globals(), "FOUND", other)
    app = upload(bench.open(tab="File"))
    assert not [each for each in app.button if each.key == "file.keep"]
    assert [each.value for each in app.caption if "7 classes" in each.value]


def test_a_training_starts_from_the_files_weights_on_images_of_other_classes(
    bench: Bench, jobs: list[Job], written: list[Written], monkeypatch: pytest.MonkeyPatch
) -> None:
    other = replace(FOUND, spec=replace(RESNET20, num_classes=7), undecided={})
    monkeypatch.setitem(globals(), "FOUND", other)
    app = upload(bench.open(tab="File")).button(key="file.train").click().run()
    (run,) = bench.store.runs(states=["finished"])
    assert (run.dataset, run.spec.num_classes) == (NO_DATASET, 7)
    assert not app.exception
    assert app.selectbox(key="start_from").value == run.id
    assert app.selectbox(key="normalisation").value == "0.485,0.456,0.406/0.229,0.224,0.225"
    assert any("not kept" in each.value for each in app.error), "the file that stands for the weights is none"


def test_weights_are_taken_away_under_our_names(bench: Bench, jobs: list[Job], written: list[Written]) -> None:
    app = upload(bench.open(tab="File"))
    app = app.button(key="file.prepare.safetensors").click().run()
    assert written[0][0] == RESNET20
    assert written[0][2] == {"library": ""}
    assert any("7 B" in each.proto.label for each in app.get("download_button"))


def test_weights_are_taken_away_under_the_names_of_the_libraries_that_have_the_network(
    bench: Bench, jobs: list[Job], written: list[Written], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(globals(), "FOUND", replace(FOUND, spec=preset("resnet18"), undecided={}))
    app = upload(bench.open(tab="File")).button(key="file.prepare.timm").click().run()
    assert written[0][2] == {"library": "timm"}
    assert [each.key for each in app.button if "prepare" in str(each.key)] == [
        f"file.prepare.{name}" for name in ("safetensors", "torchvision", "timm", "onnx")
    ]


def test_the_code_of_the_files_network_reads_the_file(bench: Bench, jobs: list[Job]) -> None:
    app = upload(bench.open(tab="File"))
    app.session_state["left.tables"] = "Code"
    assert any("BEFORE_NAMES = 'state_dict.module.'" in each.value for each in app.run().code)
    app = app.number_input(key="num_classes").set_value(11).run()
    assert not any("def load" in each.value for each in app.code)
