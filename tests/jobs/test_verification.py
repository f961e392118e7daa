"""Checks in a process of their own: real children, no torch in this process."""

import subprocess
import sys

import pytest

from explorer.jobs.one_shot import ChildError, OneShot
from explorer.jobs.verification import (
    MODULE,
    VerificationCheck,
    VerificationHandle,
    VerificationRequest,
    VerificationResult,
    verification_sentence,
)
from explorer.jobs.weights_and_onnx import published_weights
from explorer.model import ModelSpec, SpecError

SMALL = ModelSpec(block="basic", stage_blocks=(1, 1), stage_widths=(16, 32), stem="cifar", stem_width=16, image_size=16)


def test_a_spec_is_checked_in_the_background() -> None:
    handle = VerificationHandle(SMALL)
    result = handle.result()
    assert handle.done
    assert result.ok, verification_sentence(result)
    assert result.torch in verification_sentence(result)
    assert result.difference is None
    assert [check.name for check in result.checks] == ["layers", "state_dict", "totals"]


def test_a_cancelled_check_says_that_nothing_was_found_out() -> None:
    handle = VerificationHandle(SMALL)
    handle.cancel()
    result = handle.result()
    assert not result.ok
    assert str(result.not_checked) in verification_sentence(result)
    assert result.not_checked


def test_a_refused_specification_is_a_sentence() -> None:
    text = '{"block": "cube"}'
    child = OneShot(MODULE, VerificationRequest(text), VerificationResult)
    with pytest.raises(SpecError) as expected:
        ModelSpec.from_json(text)
    with pytest.raises(ChildError) as refused:
        child.result()
    assert str(refused.value) == str(expected.value)


def test_what_was_found_is_a_sentence() -> None:
    same, other = (
        VerificationCheck("layers", True, "3 layers"),
        VerificationCheck("totals", False, "1 in torch, 2 here"),
    )
    said = verification_sentence(VerificationResult((same, same), torch="2.11"))
    assert said.count(same.detail) == 2
    assert "2.11" in said
    found = VerificationResult((same, other))
    assert not found.ok
    assert str(other.detail) in verification_sentence(found)
    assert str(same.detail) not in verification_sentence(found)


def test_weights_are_read_from_the_installed_package() -> None:
    entries = published_weights()
    default = {entry.preset: entry for entry in entries if entry.default}
    assert default["resnet50"].weights == "IMAGENET1K_V2"
    assert default["resnet50"].params == 25_557_032
    assert published_weights() is entries


def test_none_of_this_brings_torch_into_the_server() -> None:
    code = "import sys, explorer.jobs.verification, explorer.jobs.weights_and_onnx; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
