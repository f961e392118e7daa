"""A child as its parent sees it, by small programs that stand in for the real ones."""

import pytest

from explorer.jobs import child_process
from explorer.jobs.child_process import ChildProcess
from tests.texts import numbers


def program(code: str) -> ChildProcess:
    return ChildProcess(("-c", code))


def test_lines_go_in_and_come_out() -> None:
    child = program("print(input().upper(), flush=True); print('ü')")
    child.send("héllo")
    assert list(child.lines()) == ["HÉLLO\n", "ü\n"]
    assert numbers(str(child.exit_message("It"))) == ["0"]
    assert not child.alive
    child.send("nobody reads this")


def test_a_child_computes_with_one_thread_and_finds_the_program() -> None:
    child = program("import os, explorer.model; print(os.environ['OMP_NUM_THREADS'], os.getsid(0) == os.getpid())")
    assert list(child.lines()) == ["1 True\n"]
    child.close()


@pytest.mark.parametrize(
    ("code", "parts"),
    [
        ("import sys; sys.exit('RuntimeError: no more room')", (" 1: ", "RuntimeError: no more room")),
        ("import sys; sys.exit(5)", (" 5.",)),
        ("import sys; sys.exit('x' * 9000)", (" 1: ", f" {'x' * 300}")),
        ("import os; os.kill(os.getpid(), 15)", ("SIGTERM",)),
        ("import os; os.kill(os.getpid(), 9)", ("SIGKILL",)),
    ],
)
def test_how_a_child_ended_is_a_sentence(code: str, parts: tuple[str, ...]) -> None:
    """With its exit code and last line of errors, cut to a length, or the signal that ended it."""
    child = program(code)
    message = str(child.exit_message("The child"))
    assert message.startswith("The child ")
    assert all(part in message for part in parts)
    assert len(message) < 400
    assert child.was_killed == ("SIGKILL" in parts)


def test_a_kill_while_memory_ran_out_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    kills = iter((3, 3, 4, 3))
    monkeypatch.setattr(child_process, "_memory_kills", lambda: next(kills))
    child = program("import os; os.kill(os.getpid(), 9)")
    other = program("import os; os.kill(os.getpid(), 9)")
    assert child.exit_message("It") != other.exit_message("It")


def test_waiting_ends_when_its_time_is_over() -> None:
    child = program("input()")
    assert not child.wait(0.0)
    assert child.alive
    child.end_input()
    assert child.wait()
    assert "EOFError" in str(child.exit_message("It"))
