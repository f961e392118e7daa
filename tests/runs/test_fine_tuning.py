"""Whether a network can start from kept weights, told from names and shapes: each refusal names its field."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from explorer.datasets.catalogue import fit_spec
from explorer.jobs.errors import SettingsError
from explorer.jobs.paths import checkpoint_path
from explorer.model import ModelSpec, assemble
from explorer.runs.fine_tuning import StartPlan, start_plan, with_usual_start
from explorer.runs.limits import check_trainable
from explorer.runs.records import NamedNetwork
from explorer.runs.settings import TrainingSettings
from explorer.runs.start import read_normalisation, write_normalisation

SPEC = ModelSpec(block="basic", stage_blocks=(1, 1), stage_widths=(8, 16), stem="cifar", stem_width=8, image_size=16)
RUN = "ab" * 16
SETTINGS = TrainingSettings(start_from=RUN)
Keep = Callable[..., None]


@pytest.fixture
def keep(data_directory: Path) -> Keep:
    def write(spec: ModelSpec, complete: str = "True", lacking: str = "", fingerprint: bool = True) -> None:
        tensors = {
            f"model.{path}.{name}": np.zeros(shape, dtype=np.float32)
            for path, node in assemble(spec).nodes()
            for name, shape in (node.op.parameters() | node.op.buffers()).items()
            if f"{path}.{name}" != lacking
        }
        facts = {"complete": complete, "fingerprint": f"{spec.to_json()} {{}}" if fingerprint else ""}
        checkpoint_path(RUN).parent.mkdir(exist_ok=True)
        save_file(tensors, checkpoint_path(RUN), facts)

    return write


def test_the_head_is_replaced_and_the_first_layer_turned_for_grey_images(keep: Keep) -> None:
    keep(SPEC)
    plan = start_plan(fit_spec(SPEC, "digits"), SETTINGS)
    assert plan == StartPlan(("fc.weight", "fc.bias"), (1000, 10), "conv1.weight", (3, 1))
    assert start_plan(SPEC, SETTINGS) == StartPlan((), (1000, 1000), "conv1.weight", (3, 3))
    assert start_plan(SPEC, TrainingSettings()) is None


@pytest.mark.parametrize(
    ("kept", "how", "said"),
    [
        ({}, {"complete": "False"}, "has not finished"),
        ({}, {"lacking": "layer1.0.conv1.weight"}, "1 tensors are missing, first layer1.0.conv1.weight"),
        ({"shortcut": "none"}, {}, "another network, which differs in shortcut;"),
        ({"stage_widths": (8, 24)}, {"fingerprint": False}, r"layer2.0.conv1.weight is \(16, 8, 3, 3\) here, \(24, "),
        ({"in_channels": 4}, {}, "reads 4 channels, the images have 3"),
    ],
)
def test_weights_that_do_not_fit_are_a_sentence(
    keep: Keep, kept: dict[str, object], how: dict[str, object], said: str
) -> None:
    keep(ModelSpec(**(SPEC.to_dict() | kept)), **how)
    with pytest.raises(SettingsError, match=said) as refused:
        start_plan(SPEC, SETTINGS)
    assert refused.value.field == "start_from"


def test_a_standardised_first_layer_is_not_turned(keep: Keep) -> None:
    standardised = replace(SPEC, weight_standardization=True)
    keep(standardised)
    with pytest.raises(SettingsError, match="standardised"):
        start_plan(fit_spec(standardised, "digits"), SETTINGS)


def test_what_only_training_uses_may_differ(keep: Keep) -> None:
    keep(SPEC)
    assert start_plan(replace(SPEC, drop_path=0.1, zero_init_residual=True, image_size=32), SETTINGS) is not None


def test_damaged_weights_and_none_are_gone(data_directory: Path) -> None:
    for content in (None, b"", b"\xff" * 30):
        if content is not None:
            checkpoint_path(RUN).parent.mkdir(exist_ok=True)
            checkpoint_path(RUN).write_bytes(content)
        with pytest.raises(SettingsError, match="not kept") as refused:
            check_trainable(SPEC, SETTINGS)
        assert refused.value.field == "start_from"


@pytest.mark.parametrize("frozen", ["stage3", "stage4"])
def test_more_stages_than_the_network_has_are_not_frozen(keep: Keep, frozen: str) -> None:
    keep(SPEC)
    with pytest.raises(SettingsError, match="has 2 stages") as refused:
        start_plan(SPEC, replace(SETTINGS, frozen=frozen))
    assert refused.value.field == "frozen"


def test_the_usual_start_beside_it_differs_in_nothing_else() -> None:
    settings, network = replace(SETTINGS, frozen="stem", seed=3), NamedNetwork("A", SPEC)
    (_, first), (named, usual) = with_usual_start([network], settings)
    assert first == settings
    assert usual == replace(settings, start_from="", frozen="none")
    assert (named.label, named.spec) == ("A, from its usual start", SPEC)
    assert with_usual_start([network], TrainingSettings()) == [(network, TrainingSettings())]


def test_random_weights_are_not_frozen_and_old_runs_keep_their_keys() -> None:
    with pytest.raises(SettingsError, match="weights to start from") as refused:
        TrainingSettings(frozen="stem")
    assert refused.value.field == "frozen"
    assert not {"start_from", "frozen", "normalisation"} & TrainingSettings().to_dict().keys()
    assert TrainingSettings.from_json(SETTINGS.to_json()) == SETTINGS


@pytest.mark.parametrize("text", ["x", "1,2/1", "0.5/0", "0.5", "nan/1", "99/1", "1/2/3"])
def test_a_normalisation_that_is_none_is_refused_by_name(text: str) -> None:
    with pytest.raises(SettingsError) as refused:
        TrainingSettings(normalisation=text)
    assert refused.value.field == "normalisation"


def test_a_normalisation_suits_its_channels() -> None:
    found = read_normalisation(write_normalisation((0.2, 0.4, 0.6), (0.1, 0.2, 0.3)))
    assert found is not None
    assert found.of_channels(3) == found == ((0.2, 0.4, 0.6), (0.1, 0.2, 0.3))
    assert found.of_channels(1) == (pytest.approx((0.4,)), pytest.approx((0.2,)))
    one = read_normalisation("0.5/0.25")
    assert one is not None
    assert one.of_channels(2) == ((0.5,) * 2, (0.25,) * 2)
    with pytest.raises(SettingsError, match="3 values are given for images of 4 channels"):
        found.of_channels(4)
