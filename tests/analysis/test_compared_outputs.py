"""The record of comparisons with libraries: complete, within bounds, of the presets as they are, and what it proves."""

from dataclasses import replace

import pytest

from explorer.analysis import compared_outputs as record
from explorer.analysis.compared_outputs import (
    COLUMNS,
    LARGEST_ACCEPTED,
    SIZES,
    ComparedOutputs,
    compared_outputs,
    compared_with_libraries,
    fields_text,
    not_compared,
)
from explorer.analysis.verification_claims import Claim, prove
from explorer.model import PRESETS, ModelSpec, preset
from tests.failures import failures
from tests.texts import numbers


def _claims(spec: ModelSpec, kind: str = "library") -> list[Claim]:
    return [claim for claim in prove(spec).claims if claim.kind == kind]


def test_the_record_is_within_bounds_and_of_todays_presets() -> None:
    """Otherwise: python -m scripts.compared_outputs torchvision timm Keras."""

    def check(row: ComparedOutputs) -> None:
        assert max(row.differences) <= LARGEST_ACCEPTED == 1e-5
        assert row.fields == fields_text(preset(row.preset))
        assert row.holds

    assert failures(compared_outputs(), check) == {}


def test_every_preset_with_a_librarys_name_was_compared() -> None:
    compared = {(row.library, row.preset) for row in compared_outputs()}
    by_library = {library: {name for each, name in compared if each == library} for library, _ in compared}
    for library, compared_names in by_library.items():
        module = library.lower()
        named = {name for name, known in PRESETS.items() if known.library.partition(".")[0] == module}
        assert named <= compared_names, library
    assert {library: len(names) for library, names in by_library.items()} == {
        "torchvision": 18,
        "timm": 106,
        "Keras": 6,
    }
    assert len(compared) == len(compared_outputs())


@pytest.mark.parametrize(
    ("name", "library", "network"),
    [
        ("resnetrs50", "timm", "resnetrs50"),
        ("keras_resnet50v2", "Keras", "ResNet50V2"),
        ("resnet18", "timm", "resnet18"),
    ],
)
def test_a_compared_preset_computes_the_librarys_function(name: str, library: str, network: str) -> None:
    (row,) = [each for each in compared_with_libraries(name) if each.library == library]
    (claim,) = _claims(preset(name))
    assert (claim.status, claim.source) == ("verified", library)
    assert network in str(claim.text)
    assert row.version in str(claim.text)
    assert {*map(str, SIZES), "1,000"} <= set(numbers(str(claim.text)))


def test_torchvisions_claim_says_what_was_compared() -> None:
    (claim,) = _claims(preset("resnet50"), "torchvision")
    (row,) = [each for each in compared_with_libraries("resnet50") if each.library == "torchvision"]
    assert str(claim.text).endswith(str(row.sentence))


def test_an_adapted_network_is_claimed_as_far_as_it_was_compared() -> None:
    known = preset("resnet50d")
    for fields in ({"image_size": 97}, {"zero_init_residual": True}, {"drop_path": 0.1}):
        assert [claim.status for claim in _claims(replace(known, **fields))] == ["verified"]
    (claim,) = _claims(replace(known, image_size=128, num_classes=6))
    assert claim.status == "open"
    assert {"128", "6"} <= set(numbers(str(claim.text)))
    assert _claims(replace(known, activation="gelu")) == []
    assert not_compared(replace(known, in_channels=1), ("in_channels", "drop_path")) == ("in_channels",)


def test_a_preset_without_a_valid_record_has_no_claim(monkeypatch: pytest.MonkeyPatch) -> None:
    (row,) = compared_with_libraries("resnet50d")
    for changed in (replace(row, fields="stem=deep"), replace(row, differences=(0.0, 0.0, 2e-5))):
        monkeypatch.setattr(record, "compared_outputs", lambda changed=changed: (changed,))
        prove.cache_clear()
        assert _claims(preset("resnet50d")) == []
    prove.cache_clear()


def test_a_sentence_gives_the_largest_difference() -> None:
    row = ComparedOutputs("Keras", "3", "2", "ResNet50", "keras_resnet50", "", (1e-7, 1.6e-6, 0.0))
    assert "1.6e-06" in str(row.sentence)
    assert "are equal" in str(replace(row, differences=(0.0, 0.0, 0.0)).sentence)
    assert len(COLUMNS) == 6 + len(SIZES)
