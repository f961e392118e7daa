"""The child's side, in real children: it ends with its parent, and writes nothing but lines of JSON."""

import signal
import subprocess
import sys

from explorer.jobs.child_process import ChildProcess, exit_sentence
from explorer.jobs.child_side import PARENT_GONE, texts_of
from explorer.jobs.codec import from_line

WAIT = "from explorer.jobs.child_side import Parent; import time; parent = Parent(); parent.send({}); time.sleep(600)"
ANSWER = """
from collections.abc import Mapping
from explorer.jobs.child_side import answer_one
def work(request, send_progress):
    print("LIBRARY")
    send_progress(1, 2, "begun")
    send_progress(1, 2, "too soon after the last")
    send_progress(2, 2, "done")
    return {name: 1 / value for name, value in request.items()}
answer_one(Mapping[str, int], work, lambda error: "No." if isinstance(error, ZeroDivisionError) else None)
"""


def test_a_child_ends_with_its_input() -> None:
    child = ChildProcess(("-c", WAIT))
    assert next(child.lines()) == "{}\n"
    child.end_input()
    assert child.exit_message("It") == exit_sentence("It", PARENT_GONE)


def test_a_child_ends_with_a_parent_that_is_killed() -> None:
    """The grandchild holds the pipe that is read here: its end is the grandchild's end."""
    code = f"""
from explorer.jobs.child_process import ChildProcess
child = ChildProcess(("-c", {WAIT!r}), errors=open(2, "wb", closefd=False))
print(next(child.lines()), end="", flush=True)
child.wait()
"""
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert parent.stdout is not None
    assert parent.stdout.readline() == b"{}\n"
    parent.send_signal(signal.SIGKILL)
    assert parent.communicate(timeout=60)[1] == b""
    assert parent.returncode == -signal.SIGKILL


def test_progress_and_result_are_lines_and_all_else_goes_to_standard_error() -> None:
    child = ChildProcess(("-c", ANSWER))
    child.send('{"a": 4}')
    begun, done, result = map(from_line, child.lines())
    assert begun == {"done": 1, "total": 2, "what": "begun"}
    assert done["what"] == "done"
    assert result == {"result": {"a": 0.25}}
    assert child.exit_message("It") == exit_sentence("It", 0, "LIBRARY")


def test_an_expected_error_is_a_sentence_and_another_is_raised() -> None:
    child = ChildProcess(("-c", ANSWER))
    child.send('{"a": 0}')
    assert from_line(list(child.lines())[-1]) == {"error": "No."}
    child.close()
    child = ChildProcess(("-c", ANSWER))
    child.send("[1]")
    assert list(child.lines()) == []
    assert str(child.exit_message("It")).startswith(str(exit_sentence("It", 1, "ValueError: ")))


def test_lines_arrive_one_by_one_and_waiting_ends() -> None:
    code = (
        "from explorer.jobs.child_side import Parent; parent = Parent(grace_seconds=600);"
        "parent.send(parent.receive(0.0)); parent.send([parent.receive(), parent.receive()]);"
        "parent.send([parent.receive(), parent.gone])"
    )
    # The process stays for a while after the parent has gone, as a worker does.
    child = ChildProcess(("-c", code))
    lines = child.lines()
    assert next(lines) == "null\n"
    child.send("one\ntwo")
    assert next(lines) == '["one","two"]\n'
    child.end_input()
    assert list(lines) == ["[null,true]\n"]
    child.close()


def test_only_errors_of_the_kinds_named_are_sentences() -> None:
    sentence = texts_of(KeyError, ValueError)
    error = ValueError("It is too large.")
    assert sentence(error) == str(error)
    assert sentence(RuntimeError("torch is broken")) is None


def test_a_childs_memory_may_grow_by_no_more_than_it_is_given() -> None:
    code = """
from explorer.jobs.child_side import bound_growth
bound_growth(200 * 2**20)
kept = bytearray(50 * 2**20)
try:
    bytearray(2**30)
except MemoryError:
    print("refused")
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "refused\n"
