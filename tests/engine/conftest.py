"""Fixtures of the training tests: a network and settings small enough that a whole run takes a moment."""

from dataclasses import replace

import pytest

from explorer.model import ModelSpec, preset
from explorer.runs.settings import TrainingSettings


@pytest.fixture
def tiny_spec() -> ModelSpec:
    return replace(preset("cifar_resnet20"), stage_blocks=(1, 1), stage_widths=(4, 8), stem_width=4)


@pytest.fixture
def tiny_settings() -> TrainingSettings:
    return TrainingSettings(steps=25, batch_size=16, evaluate_every=10, diagnose_every=10, device="cpu")
