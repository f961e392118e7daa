"""The weights of a file on somebody's own class folders: normalised as the file wants it, in the folders' order."""

from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from explorer.datasets.array_file import dataset_path
from explorer.datasets.array_writer import write_dataset
from explorer.datasets.own_images import facts_of, read_own_data
from explorer.engine.data.images import load_data
from explorer.engine.experiments.evaluate import evaluate
from explorer.engine.experiments.trained_networks import TrainedNetworks
from explorer.engine.training.checkpoint import CheckpointFile
from explorer.engine.training.loop import train
from explorer.experiments.catalogue.evaluate import EvaluatedNetwork, EvaluateResult, other_order
from explorer.experiments.request import ExperimentRequest
from explorer.experiments.request_values import QUICK_TRAINING, Subject, small_network
from explorer.jobs.paths import checkpoint_path
from explorer.runs.events import Finished
from tests.engine.experiments.brief import finished

RUN, WANTED = "ab" * 16, "0.1/0.4"
IN_ORDER = tuple("abcdefghij")
FEW = 40
"""Images of the part that is not looked at."""
TURNED = tuple("bacdefghij")
"""Folders for the digits 0 to 9 whose names sort otherwise: the first two are exchanged."""


@pytest.fixture
def trained_error(data_directory: Path) -> float:
    """Keeps the weights of a network that was trained on digits with a normalisation of its own."""
    settings = replace(QUICK_TRAINING, steps=60, normalisation=WANTED)
    *_, last = train(small_network(8), settings, checkpoint=CheckpointFile(checkpoint_path(RUN)))
    assert isinstance(last, Finished)
    return last.test_error


def own_digits(folder: Path, names: tuple[str, ...]) -> str:
    """The name of a data set of one's own: the digits' test images in class folders."""
    data = load_data("digits")
    for place, (image, label) in enumerate(zip(data.test_images, data.test_labels, strict=True)):
        for part in ("train", "test") if place < FEW else ("test",):
            path = folder / part / names[label] / f"{part}{place}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(image[:, :, 0]).save(path)
    own = read_own_data(folder, "digits", 8, lambda *_: None)
    facts = facts_of(own)
    write_dataset(dataset_path(facts["name"]), own.arrays, facts)
    return str(facts["name"])


def evaluated(dataset: str, normalisation: str) -> EvaluatedNetwork:
    settings = replace(QUICK_TRAINING, dataset=dataset, normalisation=normalisation)
    request = ExperimentRequest("evaluate", (Subject("a", small_network(8), RUN),), settings)
    result = finished(evaluate(request, TrainedNetworks(settings)), EvaluateResult)
    assert result.classes == IN_ORDER
    return result.networks[0]


def test_the_error_is_the_files_own_only_with_its_normalisation(trained_error: float, tmp_path: Path) -> None:
    dataset = own_digits(tmp_path / "folders", IN_ORDER)
    network = evaluated(dataset, WANTED)
    assert network.test_error == pytest.approx(trained_error)
    assert network.test_error < 30
    assert evaluated(dataset, "5/0.4").test_error > 60
    assert other_order(network) is None


def test_folders_in_another_order_are_noticed(trained_error: float, tmp_path: Path) -> None:
    network = evaluated(own_digits(tmp_path / "folders", TURNED), WANTED)
    found = other_order(network)
    assert found is not None
    assert (found.said, found.test_error) == ({0: 1, 1: 0}, pytest.approx(trained_error))
