"""What a run takes, by arithmetic, and the line above which none is started."""

from dataclasses import replace

import pytest
import torch

from explorer.analysis.memory import measure_memory
from explorer.datasets.catalogue import DATASETS, fit_spec
from explorer.engine import build_module
from explorer.jobs.errors import SettingsError
from explorer.model import assemble, preset
from explorer.runs.limits import check_batch, check_trainable, training_need
from explorer.runs.settings import TrainingSettings

SPEC = preset("cifar_resnet20")
SETTINGS = TrainingSettings(dataset="fashion_mnist", batch_size=128, device="cpu")


def test_a_run_holds_its_data_twice() -> None:
    facts = DATASETS["fashion_mnist"]
    assert facts.pixel_bytes == 70_000 * 28 * 28
    step = measure_memory(assemble(fit_spec(SPEC, "fashion_mnist")), 128)
    assert training_need(SPEC, SETTINGS).memory_bytes == step.training + 2 * facts.pixel_bytes


def test_the_need_grows_with_the_batch_and_the_work_with_the_steps() -> None:
    one, two, three = (training_need(SPEC, replace(SETTINGS, batch_size=size, steps=size)) for size in (1, 2, 3))
    assert (two.macs, three.macs) == (4 * one.macs, 9 * one.macs)
    assert three.memory_bytes - two.memory_bytes == two.memory_bytes - one.memory_bytes > 0


def test_one_image_on_a_map_of_one_place_cannot_be_normalised() -> None:
    """torch refuses it when the run has begun: known by arithmetic before."""
    spec = replace(preset("resnet18"), stem_width=8, stage_widths=(8, 16, 32, 64))
    with pytest.raises(SettingsError, match=r"layer2\.0\.bn1 ") as refused:
        check_trainable(spec, TrainingSettings(batch_size=1))
    assert refused.value.field == "batch_size"
    network = build_module(fit_spec(spec, "digits")).train()
    with pytest.raises(ValueError, match="more than 1 value per channel"):
        network(torch.zeros(1, 1, 8, 8))
    check_trainable(spec, TrainingSettings(batch_size=2))
    network(torch.zeros(2, 1, 8, 8))
    check_trainable(replace(spec, norm="none"), TrainingSettings(batch_size=1))


def test_one_image_is_too_few_for_a_norm_at_the_end_whatever_its_size() -> None:
    spec = replace(SPEC, head_norm=True)
    with pytest.raises(SettingsError, match=r"head_norm.* no norm at the end") as refused:
        check_batch("batch_size", spec, 1)
    assert "1x1" not in str(refused.value)
    check_batch("batch_size", spec, 2)


def test_a_run_that_takes_more_than_half_the_memory_names_its_batch() -> None:
    settings = replace(SETTINGS, dataset="digits")
    need = check_trainable(SPEC, settings, 2**40)
    with pytest.raises(SettingsError, match=r"\b128\b.* GiB") as refused:
        check_trainable(SPEC, settings, 2 * need.memory_bytes - 2)
    assert refused.value.field == "batch_size"
    assert check_trainable(SPEC, settings, 2 * need.memory_bytes) == need
