"""A probe in its own process: heard, cancelled, timed out, mourned; and no torch in ours."""

import subprocess
import sys
import time
from dataclasses import replace

import pytest

from explorer.experiments import client
from explorer.experiments import client as child
from explorer.experiments.catalogue.short_training import ShortTrainingResult
from explorer.experiments.client import ExperimentRun, WarmProcesses
from explorer.experiments.protocol import Answer, Refusal
from explorer.experiments.request import ExperimentRequest
from explorer.experiments.request_values import QUICK_TRAINING, Subject, small_network
from explorer.experiments.result_cache import ResultCache
from explorer.jobs.child_process import exit_sentence
from explorer.language import sentence

SPEAK = "import sys, time; request = sys.stdin.readline(); say = lambda text: print(text, flush=True); "
PROGRESS = 'say(\'{"progress": {"done": 1, "total": 2, "what": "Waiting"}}\'); '
RESULT = 'say(\'{"result": {"kind": "short_race", "trainings": []}, "seconds": 1}\'); '


def comparison(*depths: int, steps: int = 5, seeds: int = 1) -> ExperimentRequest:
    subjects = tuple(Subject(f"net-{depth}", small_network(depth)) for depth in depths)
    return ExperimentRequest("short_race", subjects, replace(QUICK_TRAINING, steps=steps), {"seeds": seeds})


@pytest.fixture
def speaks(monkeypatch: pytest.MonkeyPatch):
    """Lets another program stand in for the engine."""

    def stand_in(program: str) -> None:
        monkeypatch.setattr(child, "COMMAND", ("-c", SPEAK + program))
        # There may be warm processes of the real engine, left by a page's test.
        monkeypatch.setattr(client, "WARM", WarmProcesses())

    return stand_in


def test_a_real_request_is_answered_and_kept_without_torch_here(data_directory):
    """Four pieces, two processes, one answer; the second time nothing is started."""
    program = (
        "import sys\n"
        "from tests.experiments.test_client import comparison\n"
        "from explorer.experiments import Answer, ExperimentRun, ResultCache\n"
        "kept = ResultCache()\n"
        "answer = ExperimentRun(comparison(8, 14, seeds=2), kept=kept, ways=2).wait()\n"
        "assert isinstance(answer, Answer), answer\n"
        "assert [each.label for each in answer.result.trainings] == 2 * ['net-8', 'net-14'], answer\n"
        "assert all(each.steps[-1] == 5 for each in answer.result.trainings)\n"
        "again = ExperimentRun(comparison(8, 14, seeds=2), kept=kept)\n"
        "assert again.is_over and again.latest.result == answer.result\n"
        "assert 'torch' not in sys.modules\n"
    )
    finished = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stderr


def test_lines_are_heard_to_the_result(speaks, tmp_path):
    speaks(PROGRESS + "print('noise', flush=True); " + RESULT)
    kept = ResultCache(tmp_path)
    run = ExperimentRun(comparison(8), kept=kept)
    progress, answer = run.lines()
    assert (progress.done, progress.total, str(progress.what)) == (50, 100, "Waiting")
    assert isinstance(answer, Answer)
    assert answer.result == ShortTrainingResult(())
    assert run.is_over
    assert kept.get(comparison(8)) is not None


def test_a_crash_becomes_a_sentence(speaks, tmp_path):
    trouble = "RuntimeError: no more room"
    speaks(PROGRESS + f"sys.exit({trouble!r})")
    kept = ResultCache(tmp_path)
    last = ExperimentRun(comparison(8), kept=kept).wait(60)
    assert isinstance(last, Refusal)
    assert str(last.message).endswith(str(exit_sentence("", 1, trouble)))
    assert kept.get(comparison(8)) is None


def test_a_killed_process_becomes_a_sentence(speaks):
    speaks("import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    last = ExperimentRun(comparison(8)).wait(60)
    assert isinstance(last, Refusal)
    assert "killed" in str(last.message)


def test_cancelling_ends_the_processes_at_once(speaks):
    speaks(PROGRESS + "time.sleep(60)")
    run = ExperimentRun(comparison(8, 14), ways=2)
    while run.latest is None:
        time.sleep(0.01)
    processes = [each._process for each in run._children]
    run.cancel()
    assert run.latest == Refusal("Cancelled.")
    assert [process.wait(5) for process in processes] == [-9] * len(processes)
    run.cancel()
    assert run.latest == Refusal("Cancelled.")


def test_a_experiment_that_takes_too_long_is_ended(speaks):
    speaks("time.sleep(60)")
    assert ExperimentRun(comparison(8), seconds=0.3).wait(60) == Refusal(sentence(client.TOO_LONG, seconds=0.3))


def test_one_piece_that_is_refused_ends_the_other(speaks):
    speaks('\'net-8\' in request and (say(\'{"error": "No.", "field": "block"}\'), sys.exit()); time.sleep(60)')
    run = ExperimentRun(comparison(8, 14), ways=2)
    assert run.wait(60) == Refusal("No.", "block")


def test_warm_processes_are_taken_first_and_replaced_when_dead(speaks):
    speaks("time.sleep(60)")
    warm = WarmProcesses()
    warm.prepare(1)
    (waiting,) = warm._waiting
    assert warm.take() is waiting
    waiting.kill()
    assert "killed" in str(waiting.end())
    warm.prepare(1)
    (dead,) = warm._waiting
    dead.kill()
    dead.wait()
    fresh = warm.take()
    assert fresh is not dead
    fresh.kill()
    fresh.close()
    warm.dismiss()


def test_the_engine_s_process_ends_with_its_input(data_directory):
    """Whoever asked has gone: the process goes too, in the middle of a training."""
    process = subprocess.Popen(
        [sys.executable, "-m", "explorer.engine.experiments"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(f"{comparison(56, steps=5000).to_json()}\n".encode())
    process.stdin.flush()
    assert b"progress" in process.stdout.readline()
    process.stdin.close()
    assert process.wait(60) == 3
    process.stdout.close()
