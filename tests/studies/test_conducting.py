"""A study is queued once, goes on, and takes further seeds."""

from dataclasses import replace

import pytest

from explorer.jobs.machine_speed import Slowdown
from explorer.runs.store.store import SERVER_POOL
from explorer.studies.study import StudyError
from explorer.studies.time_needed import range_left
from explorer.studies.toml_file import read_study
from tests.studies.conftest import FAILED, TOML, Lab, ended

IDLE = Slowdown(1.0, 1.0)


def test_every_cell_is_queued_with_every_seed_once(lab: Lab) -> None:
    progress = lab.start()
    assert len(progress.runs) == 16
    assert all([run.seed for run in runs] == [0, 1] for _cell, runs in progress.cells)
    again = lab.start()
    assert [run.id for run in again.runs] == [run.id for run in progress.runs], "a second start changes nothing"
    assert again.record == progress.record


def test_the_data_come_in_the_same_order_for_all_networks(lab: Lab) -> None:
    settings = {(run.settings.learning_rate, run.seed): set() for run in lab.start().runs}
    for run in lab.runs.runs():
        settings[run.settings.learning_rate, run.seed].add(run.settings_json)
    assert len(settings) == 4
    assert all(len(each) == 1 for each in settings.values())


def test_seeds_are_added_to_the_same_study(lab: Lab) -> None:
    first = lab.start()
    more = lab.start(study=read_study(TOML).with_seeds(3))
    assert more.record.id == first.record.id
    assert {run.id for run in first.runs} < {run.id for run in more.runs}
    assert [[run.seed for run in runs] for _cell, runs in more.cells] == [[0, 1, 2]] * 8


def test_other_cells_are_another_study(lab: Lab) -> None:
    assert lab.start().record.id != lab.start(TOML.replace("0.02", "0.03")).record.id


def test_what_was_noted_and_not_queued_is_queued_by_the_next_start(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(*_args: object, **_more: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(lab.runs, "create_comparison", killed)
        with pytest.raises(KeyboardInterrupt):
            lab.start()
    assert lab.runs.runs() == []
    assert len(lab.start().runs) == 16


def test_a_study_that_cannot_be_trained_leaves_nothing(lab: Lab) -> None:
    text = TOML.replace("values.stage_blocks = [[1, 1], [2, 2]]", "values.stem_width = [4, 6]")
    with pytest.raises(StudyError):
        lab.start(text)
    assert lab.runs.runs() == []


def test_paused_runs_go_on_and_failed_ones_when_asked(lab: Lab) -> None:
    progress = lab.start()
    first = lab.runs.work.claim("w", SERVER_POOL)
    lab.runs.work.report(first.id, "w", [FAILED])
    assert lab.conductor.pause(progress) == 15
    assert lab.conductor.resume(lab.now(progress), "other") == 15
    assert lab.conductor.resume(lab.now(progress), "other", again=True) == 1
    assert {run.state for run in lab.now(progress).runs} == {"queued"}
    assert len(lab.runs.queue("other")) == 16


def test_the_time_is_that_of_what_is_left(lab: Lab) -> None:
    study = read_study(TOML)
    whole = range_left(study, None, 1, IDLE)
    half = range_left(study, None, 2, IDLE)
    assert half.low == pytest.approx(whole.low / 2, rel=0.1)
    progress = lab.start()
    assert range_left(study, progress, 1, IDLE).low == pytest.approx(whole.low)
    lab.end_all(lambda run: ended(5.0))
    assert range_left(study, lab.now(progress), 1, IDLE) == (0.0, 0.0)
    longer = range_left(replace(study, seeds=(0, 1, 2)), lab.now(progress), 1, IDLE)
    assert 0 < longer.low < whole.low, "known from the finished runs of each cell, which took no time"
