"""One request, one answer, in a real child; the modules that stand in for the engine's are written by the tests."""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from explorer.jobs.child_process import exit_sentence
from explorer.jobs.one_shot import ChildError, OneShot

PROGRAM = """
import time
from collections.abc import Mapping
from explorer.jobs.child_side import answer_one
def work(request, send_progress):
    if request["divisor"] < 0:
        time.sleep(600)
    send_progress(1, 2, "begun")
    return 1 / request["divisor"]
answer_one(Mapping[str, int], work, lambda error: "No." if isinstance(error, ZeroDivisionError) else None)
"""


@pytest.fixture(autouse=True)
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "divides.py").write_text(PROGRAM)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))


def asked(divisor: int, seconds: float = 60.0) -> OneShot[float]:
    request: Mapping[str, int] = {"divisor": divisor}
    return OneShot("divides", request, float, seconds)


def test_the_answer_is_read_once_and_stays() -> None:
    child = asked(4)
    assert child.result() == 0.25
    assert child.done
    assert child.result(0.0) == 0.25


def test_an_error_is_the_child_s_sentence() -> None:
    with pytest.raises(ChildError, match=r"^No\.$"):
        asked(0).result()


def test_an_impatient_caller_learns_that_it_is_not_done() -> None:
    child = asked(-1)
    assert not child.done
    with pytest.raises(ChildError, match=OneShot.not_done):
        child.result(0.01)
    child.cancel()
    with pytest.raises(ChildError, match=OneShot.cancelled):
        child.result()


def test_a_child_is_ended_when_its_time_is_over() -> None:
    child = asked(-1, seconds=0.0)
    with pytest.raises(ChildError, match=OneShot.too_long.format(seconds=0)):
        child.result()
    assert child.done


def test_a_child_that_fails_leaves_its_last_line_of_errors() -> None:
    with pytest.raises(ChildError, match=rf"{str(exit_sentence(OneShot.name, 1))[:-1]}: .*explorer\.no_such_module"):
        OneShot("explorer.no_such_module", {}, float).result()


def test_an_answer_of_another_type_is_none() -> None:
    with pytest.raises(ChildError, match=re.escape(str(exit_sentence(OneShot.name, 0)))):
        OneShot("divides", {"divisor": 1}, str).result()
