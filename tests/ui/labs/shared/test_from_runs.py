"""The parts of labs that experiments name for finished runs."""

import pytest

from explorer.experiments.description import LabPart
from explorer.ui.labs.registry import LABS
from explorer.ui.labs.shared.finished_runs import lab_parts


@pytest.mark.parametrize("place", lab_parts(), ids=lambda place: f"{place.lab}.{place.part}")
def test_every_part_that_an_experiment_names_exists(place: LabPart) -> None:
    assert place.part in [part.name for part in LABS[place.lab].parts]
