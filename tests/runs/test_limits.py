"""What a run takes, by arithmetic, and the line above which none is started."""

from dataclasses import replace

import pytest

from explorer.datasets.catalogue import DATASETS
from explorer.jobs.errors import SettingsError
from explorer.model import preset
from explorer.runs.limits import check_trainable, training_need
from explorer.runs.settings import TrainingSettings

SPEC = preset("cifar_resnet20")
SETTINGS = TrainingSettings(dataset="fashion_mnist", batch_size=128, device="cpu")


def test_a_run_holds_its_data_twice() -> None:
    facts = DATASETS["fashion_mnist"]
    assert facts.pixel_bytes == 70_000 * 28 * 28
    need = training_need(SPEC, SETTINGS).memory_bytes
    one_more = training_need(SPEC, replace(SETTINGS, batch_size=129)).memory_bytes - need
    weights = training_need(SPEC, SETTINGS).memory_bytes - 128 * one_more - 2 * facts.pixel_bytes
    assert weights == 3 * 4 * 269_434  # three of each weight: itself, its gradient, its momentum; one grey channel


def test_a_run_that_takes_more_than_half_the_memory_names_its_batch() -> None:
    settings = replace(SETTINGS, dataset="digits")
    need = check_trainable(SPEC, settings, 2**40)
    with pytest.raises(SettingsError, match="batches of 128 takes about") as refused:
        check_trainable(SPEC, settings, 2 * need.memory_bytes - 2)
    assert refused.value.field == "batch_size"
    assert check_trainable(SPEC, settings, 2 * need.memory_bytes) == need
