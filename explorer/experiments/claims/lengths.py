"""How long the short trainings of a comparison are."""

from dataclasses import replace
from typing import NamedTuple

from explorer.experiments.request_values import QUICK_TRAINING
from explorer.runs.settings import TrainingSettings


class TrainingLength(NamedTuple):
    """Steps of each training, number of seeds, and the data set. The defaults are those of the labs' controls."""

    steps: int = QUICK_TRAINING.steps
    seeds: int = 3
    dataset: str = QUICK_TRAINING.dataset

    @property
    def training(self) -> TrainingSettings:
        """The settings of each training."""
        return replace(QUICK_TRAINING, steps=self.steps, dataset=self.dataset)


SHORT = TrainingLength()
"""The length at the controls' defaults."""
