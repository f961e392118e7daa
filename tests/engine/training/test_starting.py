"""Trainings from kept weights: what is frozen stays bit for bit, heads are replaced, the order is the same."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from explorer.datasets.catalogue import fit_spec
from explorer.engine.data.images import load_data
from explorer.engine.lowering import build_module
from explorer.engine.training.checkpoint import CheckpointFile, keep_weights, load_weights
from explorer.engine.training.loop import train
from explorer.engine.training.starting import for_channels
from explorer.engine.training.trainer import Trainer
from explorer.jobs.errors import SettingsError
from explorer.jobs.paths import checkpoint_path
from explorer.model import ModelSpec
from explorer.runs.events import Finished, Started
from explorer.runs.fine_tuning import GONE
from explorer.runs.settings import TrainingSettings

SPEC = ModelSpec(block="basic", stage_blocks=(1, 1), stage_widths=(8, 16), stem="cifar", stem_width=8, image_size=16)
RUN = "ab" * 16
SETTINGS = TrainingSettings(steps=4, batch_size=8, device="cpu", start_from=RUN, evaluate_every=0)
DIGITS = fit_spec(SPEC, "digits")


@pytest.fixture
def theirs(data_directory: Path) -> dict[str, Tensor]:
    """Kept weights of colour images and 1,000 classes, whose norms have seen something."""
    return keep(SPEC)


def keep(spec: ModelSpec, settings_text: str = "weights of a file") -> dict[str, Tensor]:
    torch.manual_seed(7)
    network = build_module(spec).train()
    network(torch.randn(4, spec.in_channels, 16, 16))
    tensors = {name: each.clone() for name, each in network.state_dict().items()}
    keep_weights(checkpoint_path(RUN), tensors, f"{spec.to_json()} {settings_text}")
    return tensors


def finish(settings: TrainingSettings, spec: ModelSpec = SPEC) -> tuple[dict[str, Tensor], list[object]]:
    path = checkpoint_path("cd" * 16)
    events: list[object] = list(train(spec, settings, checkpoint=CheckpointFile(path)))
    assert isinstance(events[-1], Finished)
    return load_weights(path), events


@pytest.mark.parametrize(
    ("frozen", "parts"),
    [
        ("stem", ("conv1", "bn1")),
        ("stage1", ("conv1", "bn1", "layer1")),
        ("all_but_head", ("conv1", "bn1", "layer1", "layer2")),
    ],
)
@pytest.mark.parametrize("optimiser", ["sgd", "adam", "muon"])
def test_what_is_frozen_stays_bit_for_bit_with_its_statistics_and_the_rest_moves(
    theirs: dict[str, Tensor], frozen: str, parts: tuple[str, ...], optimiser: str
) -> None:
    after, _ = finish(replace(SETTINGS, frozen=frozen, optimiser=optimiser))
    for name, each in after.items():
        stays = name.split(".")[0] in parts
        before = theirs[name].sum(1, keepdim=True) if name == "conv1.weight" else theirs[name]
        if stays:
            assert torch.equal(each, before), name
        elif not name.startswith("fc"):
            assert not torch.equal(each, before), name


def test_a_head_of_other_classes_is_new_and_begins_as_from_the_usual_start(theirs: dict[str, Tensor]) -> None:
    data = load_data("digits")
    fine, usual = (Trainer(SPEC, each, data, build_module) for each in (SETTINGS, SETTINGS.from_usual_start()))
    assert "the head is new: 10 classes here, 1,000 there" in fine.started().notes[-1]
    usual.started()
    ours, fresh = fine.network.state_dict(), usual.network.state_dict()
    assert torch.equal(ours["fc.weight"], fresh["fc.weight"])
    assert torch.equal(ours["layer1.0.conv1.weight"], theirs["layer1.0.conv1.weight"])
    for step in range(3):
        assert torch.equal(fine.batches.batch(step)[0], usual.batches.batch(step)[0])


def test_a_head_of_as_many_classes_is_kept(data_directory: Path) -> None:
    theirs = keep(DIGITS)
    trainer = Trainer(SPEC, SETTINGS, load_data("digits"), build_module)
    trainer.started()
    for name, each in trainer.network.state_dict().items():
        assert torch.equal(each, theirs[name]), name


@pytest.mark.parametrize(("there", "here"), [(3, 1), (1, 3), (3, 3)])
def test_a_first_layer_for_other_channels_answers_as_for_the_same_grey_image(there: int, here: int) -> None:
    layer, grey = nn.Conv2d(there, 4, 3, bias=False), torch.randn(2, 1, 8, 8)
    adapted = nn.functional.conv2d(grey.repeat(1, here, 1, 1), for_channels(layer.weight, here))
    torch.testing.assert_close(adapted, layer(grey.repeat(1, there, 1, 1)))


def test_a_stopped_training_goes_on_bit_for_bit_even_where_the_weights_are_gone(theirs: dict[str, Tensor]) -> None:
    settings = replace(SETTINGS, frozen="stage1")
    whole, _ = finish(settings)
    asked = iter(["running", "running", "pausing"])
    checkpoint = CheckpointFile(checkpoint_path("ef" * 16))
    list(train(SPEC, settings, control=lambda: next(asked), checkpoint=checkpoint))
    checkpoint_path(RUN).unlink()
    events = list(train(SPEC, settings, checkpoint=checkpoint))
    assert isinstance(events[0], Started)
    assert events[0].step == 2
    resumed = load_weights(checkpoint.path)
    assert all(torch.equal(each, whole[name]) for name, each in resumed.items())


def test_weights_that_are_gone_are_a_sentence_that_names_the_field(data_directory: Path) -> None:
    with pytest.raises(SettingsError, match="not kept") as refused:
        list(train(SPEC, SETTINGS))
    assert (refused.value.field, refused.value.message) == ("start_from", GONE)


def test_a_given_normalisation_takes_the_place_of_the_data_sets(data_directory: Path) -> None:
    data = load_data("digits")
    plain = Trainer(SPEC, TrainingSettings(device="cpu", normalisation="0/1"), data, build_module).batches
    images, _ = next(plain.test_batches())
    torch.testing.assert_close(images[0, 0], torch.tensor(data.test_images[0, :, :, 0]) / 255)
    grey = Trainer(SPEC, TrainingSettings(normalisation="0.2,0.4,0.6/1,1,1"), data, build_module).batches
    assert grey.mean.flatten().tolist() == pytest.approx([0.4 * 255])
