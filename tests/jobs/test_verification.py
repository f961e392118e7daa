"""Checks in a process of their own: real children, no torch in this process."""

import subprocess
import sys

import pytest

from explorer.jobs.one_shot import Child, ChildError
from explorer.jobs.published_weights import published_weights
from explorer.jobs.verification import start_verification
from explorer.model import ModelSpec

SMALL = ModelSpec(block="basic", stage_blocks=(1, 1), stage_widths=(16, 32), stem="cifar", stem_width=16, image_size=16)


def test_a_spec_is_checked_in_the_background() -> None:
    handle = start_verification(SMALL)
    result = handle.result()
    assert handle.done
    assert result.ok, result.sentence
    assert result.sentence.startswith("Counts checked against torch ")
    assert result.first_difference is None
    assert [check.name for check in result.checks] == ["layers", "state_dict", "totals"]


def test_a_cancelled_check_says_that_nothing_was_found_out() -> None:
    handle = start_verification(SMALL)
    handle.cancel()
    result = handle.result()
    assert not result.ok
    assert result.sentence.startswith("Not checked: ")


def test_an_impatient_caller_learns_that_it_is_not_done() -> None:
    child = Child("http.server")
    try:
        assert not child.done
        with pytest.raises(ChildError, match="not done yet"):
            child.result(0.01)
    finally:
        child.cancel()


def test_a_child_is_ended_when_its_time_is_over() -> None:
    child = Child("http.server", timeout=0.0)
    with pytest.raises(ChildError, match=r"took longer than 0 seconds"):
        child.result()
    assert child.done


def test_a_child_that_fails_leaves_its_last_words() -> None:
    with pytest.raises(ChildError, match="No module named"):
        Child("explorer.no_such_module").result()


def test_weights_are_read_from_the_installed_package() -> None:
    entries = published_weights()
    default = {entry.preset: entry for entry in entries if entry.default}
    assert default["resnet50"].weights == "IMAGENET1K_V2"
    assert default["resnet50"].params == 25_557_032
    assert published_weights() is entries


def test_none_of_this_brings_torch_into_the_server() -> None:
    code = "import sys, explorer.jobs.verification, explorer.jobs.published_weights; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
