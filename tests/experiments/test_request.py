"""What is asked and what is answered: validated, named, written and read back."""

import json
import math
import os
import shutil
from dataclasses import replace

import pytest

from explorer.analysis.memory import measure_memory
from explorer.experiments.catalogue import CATALOGUE
from explorer.experiments.catalogue.depth_sweep import DepthPoint, DepthSweepResult
from explorer.experiments.catalogue.short_training import ShortTrainingResult
from explorer.experiments.client import split
from explorer.experiments.protocol import Answer, Refusal, error_line, progress_line, read_line, result_line
from explorer.experiments.request import ExperimentRequest
from explorer.experiments.request_values import QUICK_TRAINING, Subject, small_network
from explorer.experiments.result import Progress, Training
from explorer.experiments.result_cache import ResultCache
from explorer.jobs.codec import from_plain, to_plain
from explorer.jobs.errors import SettingsError
from explorer.jobs.paths import results_folder_of_run
from explorer.model import assemble
from explorer.model.changes import plain_twin, with_equal_stages
from explorer.runs.settings import TrainingSettings

TRAINING = Training("a", 0, (1, 10), (2.3, 1.1), 1.1, 20.0, 0.5)
COMPARISON = ShortTrainingResult(
    (TRAINING, replace(TRAINING, label="b", test_error=math.nan, diverged="The loss ran away."))
)


def asked(experiment: str = "lesion", **parameters: object) -> ExperimentRequest:
    return ExperimentRequest(experiment, (Subject("a", small_network(8)),), parameters=parameters)


@pytest.mark.parametrize("experiment", CATALOGUE)
def test_a_request_survives_a_line_of_json(experiment: str):
    request = asked(experiment)
    assert "\n" not in request.to_json()
    assert ExperimentRequest.from_json(request.to_json()) == request
    assert request.parameters.keys() == CATALOGUE[experiment].parameters.keys()


def test_every_default_is_within_its_own_bounds():
    for facts in CATALOGUE.values():
        for name, parameter in facts.parameters.items():
            assert parameter.kind.check(name, parameter.default) == parameter.default


def test_equal_requests_have_equal_keys_and_others_do_not():
    base = asked()
    assert asked(draws=5).key == base.key
    others = {
        asked(draws=6).key,
        replace(base, training=TrainingSettings(seed=1)).key,
        replace(base, networks=(Subject("b", small_network(8)),)).key,
        replace(base, networks=(Subject("a", small_network(8), run="r"),)).key,
        asked("gradient_paths").key,
    }
    assert base.key not in others
    assert len(others) == 5


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("request", "not json"),
        ("request", "[]"),
        ("request", '{"probe": "lesion", "networks": [], "parameters": 3}'),
        ("networks", '{"probe": "lesion", "networks": []}'),
        ("networks", '{"probe": "lesion", "networks": [3]}'),
        ("probe", '{"probe": "rm", "networks": [{"label": "a", "spec": {"preset": "cifar_resnet20"}}]}'),
        ("label", '{"probe": "lesion", "networks": [{"label": "", "spec": {"preset": "cifar_resnet20"}}]}'),
        ("run", '{"probe": "lesion", "networks": [{"label": "a", "run": "../x", "spec": {"preset": "resnet18"}}]}'),
    ],
)
def test_what_is_no_request_is_refused_by_field(field: str, text: str):
    with pytest.raises(SettingsError) as refused:
        ExperimentRequest.from_json(text)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("experiment", "name", "value"),
    [
        ("lesion", "draws", 0),
        ("lesion", "draws", True),
        ("lesion", "counts", [1, "two"]),
        ("lesion", "nothing", 1),
        ("lambda_sweep", "factors", []),
        ("lambda_sweep", "factors", [math.nan]),
        ("lambda_sweep", "factors", [0.1] * 10),
        ("landscape", "directions", "up"),
        ("landscape", "points", 53),
        ("look_inside", "block", "x" * 61),
        ("depth_sweep", "blocks", [61]),
    ],
)
def test_a_setting_out_of_bounds_is_refused_by_name(experiment: str, name: str, value: object):
    with pytest.raises(ValueError) as refused:  # noqa: PT011  (SettingsError and SpecError alike)
        asked(experiment, **{name: value})
    assert refused.value.field == name  # type: ignore[attr-defined]


def test_two_networks_of_one_name_are_refused():
    subject = Subject("a", small_network(8))
    with pytest.raises(SettingsError, match="same label"):
        ExperimentRequest("short_race", (subject, subject))


def test_a_network_too_large_for_the_machine_is_refused():
    huge = small_network(20, stage_widths=[2048, 4096, 8192])
    with pytest.raises(SettingsError, match="GiB"):
        ExperimentRequest("lesion", (Subject("a", huge),), TrainingSettings(batch_size=1024))
    with pytest.raises(SettingsError, match="GiB"):
        ExperimentRequest("measure", (Subject("a", replace(huge, image_size=512)),), parameters={"batch": 1024})


def test_the_memory_of_a_request_is_the_one_that_build_predicts(monkeypatch):
    spec, settings = small_network(20), {"batch": 8, "optimiser": "adam", "precision": "bf16"}
    need = measure_memory(assemble(spec), 8, optimizer="adam", precision="bf16").training
    monkeypatch.setattr("explorer.experiments.request.memory_bytes", lambda: 2 * need)
    ExperimentRequest("measure", (Subject("a", spec),), parameters=settings)
    monkeypatch.setattr("explorer.experiments.request.memory_bytes", lambda: 2 * need - 2)
    with pytest.raises(SettingsError, match=r"\b8\b.* GiB"):
        ExperimentRequest("measure", (Subject("a", spec),), parameters=settings)


@pytest.mark.parametrize("result", [COMPARISON, DepthSweepResult((DepthPoint(8, True, TRAINING),))])
def test_results_survive_a_line_of_json(result):
    line = result_line(result, 1.25)
    assert "NaN" not in line
    read = read_line(line)
    assert isinstance(read, Answer)
    assert repr(read) == repr(Answer(result, 1.25))


def test_progress_and_refusals_survive_a_line_of_json():
    progress = Progress(3, 9, "Training a", COMPARISON, (TRAINING,))
    assert repr(read_line(progress_line(progress))) == repr(progress)
    assert read_line(progress_line(progress, with_picture=False)) == replace(progress, so_far=None)
    assert read_line(error_line("No.", "batch")) == Refusal("No.", "batch")


def test_a_record_reads_what_it_knows_and_refuses_what_does_not_fit():
    values = to_plain(TRAINING) | {"added_later": 1}
    assert from_plain(Training, values) == TRAINING
    for name, wrong in (("seed", "0"), ("seed", True), ("losses", 3), ("label", None)):
        with pytest.raises(ValueError, match="expected"):
            from_plain(Training, values | {name: wrong})
    with pytest.raises(ValueError, match="incomplete"):
        from_plain(Training, {"label": "a"})


def test_kept_results_are_found_by_request(tmp_path):
    kept, request = ResultCache(tmp_path), asked("short_race")
    assert kept.get(request) is None
    kept.put(request, Answer(COMPARISON, 2.0))
    assert repr(kept.get(request)) == repr(Answer(COMPARISON, 2.0))
    assert kept.get(asked("short_race", seeds=2)) is None
    kept.delete(request)
    assert kept.get(request) is None
    assert list(tmp_path.iterdir()) == []


def of_runs(*runs: str, **parameters: object) -> ExperimentRequest:
    subjects = tuple(Subject(f"from {run}", small_network(8), run=run) for run in runs)
    return ExperimentRequest("gradient_paths", subjects, parameters=parameters)


def test_results_of_a_run_stay_with_it_and_go_with_it(tmp_path, monkeypatch):
    kept, alone, both = ResultCache(tmp_path), of_runs("a"), of_runs("a", "b")
    monkeypatch.setattr("explorer.experiments.result_cache.MOST_KEPT", 1)
    for number, request in enumerate((alone, both, asked("short_race"), asked("short_race", seeds=2))):
        kept.put(request, Answer(COMPARISON, 2.0))
        for file in tmp_path.rglob(f"{request.key}.jsonl"):
            os.utime(file, (number, number))
    assert [each.request for each in kept.of_run("a")] == [both, alone]
    assert [each.request for each in kept.of_run("b")] == [both]
    assert json.loads(kept.of_run("b")[0].lines().splitlines()[1])["seconds"] == 2.0
    assert kept.of_run("c") == kept.of_run("../a") == []
    shutil.rmtree(results_folder_of_run("a", tmp_path))
    assert kept.get(alone) is None
    assert kept.of_run("a") == []
    assert [each.request for each in kept.of_run("b")] == [both]
    assert kept.get(both) is not None


def test_damaged_results_count_as_none(tmp_path):
    kept, request = ResultCache(tmp_path), asked("short_race")
    for text in ("", "{}\n{}", f"{request.to_json()}\n{{", "a\nb\nc"):
        (tmp_path / f"{request.key}.jsonl").write_text(text)
        assert kept.get(request) is None


def test_a_full_disk_keeps_nothing_and_breaks_nothing(tmp_path):
    (tmp_path / "file").write_text("")
    kept = ResultCache(tmp_path / "file" / "results")
    kept.put(asked("short_race"), Answer(COMPARISON, 1.0))
    assert kept.get(asked("short_race")) is None


def test_pieces_are_parts_with_one_seed_the_first_seed_and_the_heaviest_part_first():
    subjects = tuple(Subject(str(depth), small_network(depth)) for depth in (8, 56, 20))
    request = ExperimentRequest("short_race", subjects, replace(QUICK_TRAINING, seed=7), {"seeds": 2})
    pieces = split(request, 2)
    assert [(piece.training.seed, piece.networks[0].label) for piece in pieces] == [
        (seed, label) for seed in (7, 8) for label in ("56", "20", "8")
    ]
    assert all(piece.parameters["seeds"] == len(piece.networks) == 1 for piece in pieces)
    blocks = [piece.parameters["blocks"] for piece in split(asked("depth_sweep", blocks=[1, 9, 3]), 2)]
    assert blocks == [(9,), (3,), (1,)]


def test_a_finished_run_is_used_once_and_what_all_seeds_share_is_not_split_by_seeds():
    subjects = (Subject("run", small_network(8), "r1"), Subject("trained", small_network(8)))
    pieces = split(ExperimentRequest("lesion", subjects, parameters={"seeds": 2}), 2)
    assert [(piece.training.seed, piece.networks[0].label) for piece in pieces] == [
        (0, "run"),
        (0, "trained"),
        (1, "trained"),
    ]
    assert split(asked("landscape", seeds=3), 2) == (asked("landscape", seeds=3),)


def test_measuring_and_single_parts_are_not_shared_out():
    measured = ExperimentRequest("measure", tuple(Subject(name, small_network(8)) for name in "ab"))
    assert split(measured, 2) == (measured,)
    assert split(asked("lesion"), 2) == (asked("lesion"),)
    assert split(asked("depth_sweep"), 1) == (asked("depth_sweep"),)


def test_a_line_that_nobody_wrote_is_refused():
    with pytest.raises((ValueError, KeyError)):
        read_line(json.dumps({"result": {"kind": "unknown"}}))
    with pytest.raises(ValueError, match="an object expected"):
        read_line("[1]")


def test_counterparts_differ_in_shortcuts_and_depth_alone():
    base = small_network(20, skip="scale", skip_scale=0.5, zero_init_residual=True)
    assert plain_twin(base) == small_network(20, plain=True, skip_scale=0.5)
    assert with_equal_stages(base, 9).depth == 56
