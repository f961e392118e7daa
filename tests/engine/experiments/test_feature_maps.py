"""Real tensors of a block, as pictures."""

from collections.abc import Callable

import pytest
import torch

from explorer.engine.experiments.blocks import parts_of
from explorer.engine.experiments.feature_maps import feature_maps, look_inside, tensors_of, view_block
from explorer.engine.experiments.trained_networks import Trained, TrainedNetworks
from explorer.experiments.catalogue.look_inside import LookInsideResult
from explorer.experiments.request import ExperimentRequest
from explorer.experiments.request_values import Subject, small_network
from explorer.jobs.errors import SettingsError
from tests.engine.experiments.brief import BRIEF, finished


@pytest.fixture
def image() -> torch.Tensor:
    return torch.randn(1, 1, 8, 8, generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize("number", [0, 2, 5])
def test_branch_plus_shortcut_is_the_sum_and_its_relu_the_output(trained: Callable[..., Trained], image, number: int):
    subject = trained(14)
    found = tensors_of(subject.network, parts_of(subject.network, subject.spec)[number], image)
    assert list(found) == ["x", "F(x)", "h(x)", "F(x) + h(x)", "output"]
    assert torch.equal(found["F(x)"] + found["h(x)"], found["F(x) + h(x)"])
    assert torch.equal(found["F(x) + h(x)"].relu(), found["output"])
    if number == 5:
        assert torch.equal(found["h(x)"], found["x"])


def test_the_output_of_one_block_is_the_input_of_the_next(trained: Callable[..., Trained], image):
    subject = trained(14)
    first, second, *_ = parts_of(subject.network, subject.spec)
    assert torch.equal(
        tensors_of(subject.network, first, image)["output"], tensors_of(subject.network, second, image)["x"]
    )


def test_a_plain_block_has_no_sum(trained: Callable[..., Trained], image):
    subject = trained(14, plain=True)
    found = tensors_of(subject.network, parts_of(subject.network, subject.spec)[1], image)
    assert list(found) == ["x", "output"]


def test_the_channels_shown_are_those_that_vary_most(trained: Callable[..., Trained], image):
    subject = trained(14)
    part = parts_of(subject.network, subject.spec)[2]
    view = view_block(subject.network, part, image, channels=3)
    spread = tensors_of(subject.network, part, image)["F(x) + h(x)"].flatten(1).std(dim=1)
    by_name = {each.name: each for each in view.tensors}
    assert set(by_name["F(x)"].channels) == set(spread.topk(3).indices.tolist())
    assert all(channel < 8 for channel in by_name["x"].channels)
    assert by_name["x"].total_channels == 8


def test_bytes_give_the_values_back_as_exactly_as_bytes_can():
    tensor = torch.randn(5, 3, 4, generator=torch.Generator().manual_seed(0))
    maps = feature_maps("t", tensor, [1, 4])
    step = (maps.highest - maps.lowest) / 255
    for position, channel in enumerate((1, 4)):
        found = torch.tensor(maps.values(position))
        assert torch.allclose(found, tensor[channel], atol=step / 2 * 1.001)
    assert maps.mean == pytest.approx(tensor.mean().item())


def test_a_constant_map_is_black_and_keeps_its_value():
    maps = feature_maps("t", torch.full((1, 2, 2), 3.5), [0])
    assert maps.rows(0) == ((0, 0), (0, 0))
    assert maps.values(0) == ((3.5, 3.5), (3.5, 3.5))


def test_an_image_is_shown_with_its_class_and_the_networks_scores(trained_networks: TrainedNetworks):
    subjects = (Subject("residual", small_network(8)), Subject("plain", small_network(8, plain=True)))
    request = ExperimentRequest("look_inside", subjects, BRIEF, {"image": 3, "block": "layer2.0", "channels": 4})
    result = finished(look_inside(request, trained_networks), LookInsideResult)
    data = trained_networks.data
    assert result.truth == data.classes[data.test_labels[3]]
    assert torch.tensor(result.image.values(0)).round().tolist() == data.test_images[3, :, :, 0].tolist()
    for network in result.networks:
        assert sum(network.scores) == pytest.approx(1.0, abs=1e-5)
        assert [view.block for view in network.blocks] == ["layer2.0"]


@pytest.mark.parametrize(("field", "value"), [("image", 360), ("block", "layer9.0")])
def test_what_is_not_there_is_refused_by_name(field: str, value: object, trained_networks: TrainedNetworks):
    request = ExperimentRequest(
        "look_inside", (Subject("a", small_network(8)),), BRIEF, {field: value, "trained": False}
    )
    with pytest.raises(SettingsError) as refused:
        finished(look_inside(request, trained_networks), LookInsideResult)
    assert refused.value.field == field
