"""Starts: each against a computation by hand, and the experiment that trains from them."""

from dataclasses import replace
from math import log, sqrt

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from explorer.engine.experiments.blocks import parts_of
from explorer.engine.experiments.registry import run_experiment
from explorer.engine.experiments.start_values import STARTS, sums_of
from explorer.engine.experiments.starts import starts
from explorer.engine.experiments.trained_networks import TrainedNetworks
from explorer.engine.lowering import build_module
from explorer.experiments.catalogue.starts import START_FACTS, StartsResult
from explorer.experiments.request import ExperimentRequest
from explorer.experiments.request_values import QUICK_TRAINING, Subject, small_network
from explorer.jobs.errors import SettingsError
from explorer.model import ModelSpec
from tests.engine.experiments.brief import BRIEF, finished

BLOCKS = 6
SPEC = small_network(14, norm="none")
PLAIN = small_network(14, plain=True, norm="none")


def network(spec: ModelSpec, start: str, seed: int = 0) -> nn.Module:
    torch.manual_seed(seed)
    made = build_module(spec)
    STARTS[start](made, spec)
    return made


def images(count: int = 8) -> Tensor:
    return torch.randn(count, 1, 8, 8, generator=torch.Generator().manual_seed(1))


def shortcut(x: Tensor, channels: int, stride: int) -> Tensor:
    """Option A by hand: every second pixel, zeros in front of and behind the old channels."""
    new = channels - x.shape[1]
    return F.pad(x[:, :, ::stride, ::stride], (0, 0, 0, 0, new // 2, new - new // 2))


def weights(made: nn.Module) -> list[tuple[Tensor, Tensor]]:
    return [(part.module.conv1.weight, part.module.conv2.weight) for part in parts_of(made, SPEC)]


def stem(made: nn.Module, x: Tensor) -> Tensor:
    return F.conv2d(x, made.get_parameter("conv1.weight"), padding=1)


def scores(made: nn.Module, x: Tensor) -> Tensor:
    return F.linear(x.mean((2, 3)), made.get_parameter("fc.weight"), made.get_parameter("fc.bias"))


def test_every_described_start_sets_values_and_no_other() -> None:
    assert STARTS.keys() == START_FACTS.keys()


@pytest.mark.parametrize("spec", [SPEC, PLAIN])
def test_from_the_identity_a_block_passes_on_what_it_gets(spec: ModelSpec) -> None:
    made = network(spec, "identity")
    x = torch.rand(2, 16, 4, 4)
    assert torch.equal(made.get_submodule("layer2.1")(x), x)
    opening = made.get_submodule("layer2.0")(x[:, :8])[:, :, ::1, ::1]
    kept = x[:, :8, ::2, ::2]
    expected = torch.cat((kept, kept), 1) if spec is PLAIN else shortcut(x[:, :8], 16, 2)
    assert torch.equal(opening, expected)


def test_with_norms_the_identity_silences_the_scale_at_the_end_of_the_branch() -> None:
    spec = small_network(14)
    x = torch.rand(2, 16, 4, 4)
    assert torch.equal(network(spec, "identity").get_submodule("layer2.1")(x), x)


def test_from_dirac_a_residual_block_doubles_what_is_positive() -> None:
    x = torch.rand(2, 16, 4, 4)
    assert torch.equal(network(SPEC, "dirac").get_submodule("layer2.1")(x), 2 * x)


def test_one_over_the_root_is_that_of_a_network_that_scales_its_branches() -> None:
    made, x = network(SPEC, "branch_root"), images()
    seen = F.relu(stem(made, x))
    for place, (first, second) in enumerate(weights(made)):
        stride = 2 if place in (2, 4) else 1
        branch = F.conv2d(F.relu(F.conv2d(seen, first, stride=stride, padding=1)), second, padding=1)
        seen = F.relu(shortcut(seen, second.shape[0], stride) + branch / sqrt(BLOCKS))
    torch.testing.assert_close(made(x), scores(made, seen))
    torch.testing.assert_close(weights(made), weights(network(SPEC, "he")))


def test_skipinit_multiplies_each_branch_by_a_trained_number_from_zero() -> None:
    made, x = network(SPEC, "skip_init"), torch.rand(2, 16, 4, 4)
    block, names = made.get_submodule("layer2.1"), [name for name, _ in made.named_parameters() if "scale" in name]
    assert len(names) == BLOCKS
    assert torch.equal(block(x), x)
    with torch.no_grad():
        block.merge.scale.fill_(0.3)
    branch = F.conv2d(F.relu(F.conv2d(x, block.conv1.weight, padding=1)), block.conv2.weight, padding=1)
    torch.testing.assert_close(block(x), F.relu(x + 0.3 * branch))
    made(images()).square().sum().backward()
    assert all(each.add.scale.grad.abs() > 0 for each in sums_of(made, SPEC))


def test_fixup_is_the_papers_network() -> None:
    """Zhang et al. 2019, section 3 and Fig. 1, right, once more, with other numbers than those of its start."""
    made, usual = network(SPEC, "fixup"), network(SPEC, "he")
    for (first, second), (before, _) in zip(weights(made), weights(usual), strict=True):
        torch.testing.assert_close(first, before / sqrt(BLOCKS))  # L^(-1 / (2m - 2)) with m = 2
        assert not second.any()
    x = images()
    assert not made(x).any(), "the classifier starts at 0"
    random = torch.Generator().manual_seed(2)
    with torch.no_grad():
        for each in made.parameters():
            if each.dim() == 0:
                each.copy_(torch.rand((), generator=random))
        for _, second in weights(made):
            second.copy_(0.1 * torch.randn(second.shape, generator=random))
        made.get_parameter("fc.weight").copy_(torch.randn(10, 32, generator=random))
    seen = F.relu(stem(made, x + made.conv1.shift) + made.act1.shift)
    for place, part in enumerate(parts_of(made, SPEC)):
        block, stride = part.module, 2 if place in (2, 4) else 1
        inner = F.conv2d(seen + block.conv1.shift, block.conv1.weight, stride=stride, padding=1)
        activation = next(layer for layer in block.modules() if isinstance(layer, nn.ReLU) and hasattr(layer, "shift"))
        inner = F.relu(inner + activation.shift) + block.conv2.shift
        branch = F.conv2d(inner, block.conv2.weight, padding=1) * block.merge.scale + block.merge.shift
        seen = F.relu(branch + shortcut(seen, branch.shape[1], stride))
    pooled = seen.mean((2, 3)) + made.fc.shift
    torch.testing.assert_close(made(x), F.linear(pooled, made.fc.weight, made.fc.bias))
    assert sum(each.dim() == 0 for each in made.parameters()) == 3 + 5 * BLOCKS


def test_he_grows_a_millionfold_and_the_other_starts_do_not(trained_networks: TrainedNetworks) -> None:
    """The words of the laboratory, section `branches_note`."""
    batch, spec, brief = trained_networks.images(64), small_network(56, norm="none"), replace(BRIEF, steps=1)
    request = ExperimentRequest("starts", (Subject("a", spec),), brief, {"starts": list(START_FACTS), "seeds": 1})
    assert len(batch[0]) == request.parameters["images"]
    found = finished(run_experiment(request), StartsResult).points
    growth = {each.start: each.reading.stream_mean_square[-1] / each.reading.stream_mean_square[0] for each in found}
    assert growth["he"] > 1e4
    assert all(0.05 < growth[name] < 20 for name in ("branch_root", "skip_init", "fixup", "identity"))
    silent = {each.start: not any(each.reading.branch_mean_square) for each in found}
    assert {name for name, is_silent in silent.items() if is_silent} == {"identity", "skip_init", "fixup"}


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_with_norms_a_chain_of_identities_loses_its_values(seed: int, trained_networks: TrainedNetworks) -> None:
    """The words of the laboratory, section `batch_norm`: shares of values above 0, behind the stem and at the end."""
    shares = {}
    for norm in ("batch", "none"):
        spec = small_network(56, plain=True, norm=norm)
        made = network(spec, "identity", seed).train()
        parts, seen = parts_of(made, spec), []
        parts[0].module.register_forward_pre_hook(lambda _, inputs, seen=seen: seen.append(inputs[0]))
        parts[-1].module.register_forward_hook(lambda _, __, output, seen=seen: seen.append(output))
        made(trained_networks.images(64)[0])
        shares[norm] = [(each > 0).float().mean().item() for each in seen]
    assert 0.35 < shares["batch"][0] < 0.65
    assert shares["batch"][1] < 0.05
    assert shares["none"][1] > 0.35


def test_a_start_for_branches_leaves_plain_networks_out() -> None:
    subjects = (Subject("plain", small_network(8, plain=True)), Subject("residual", small_network(8)))
    request = ExperimentRequest("starts", subjects, BRIEF, {"starts": ["skip_init", "he"], "images": 16, "seeds": 2})
    assert request.parameters["starts"] == ("he", "skip_init")
    whole = finished(run_experiment(request), StartsResult)
    once = [("plain", "he"), ("residual", "he"), ("residual", "skip_init")]
    assert [(each.label, each.start) for each in whole.points] == 2 * once
    assert [each.training.seed for each in whole.points] == [0, 0, 0, 1, 1, 1]


def test_hes_start_trains_as_ever_and_another_start_leaves_no_weights_behind(trained_networks: TrainedNetworks) -> None:
    subject = Subject("a", small_network(8))
    request = ExperimentRequest("starts", (subject,), BRIEF, {"starts": ["dirac", "he"], "images": 16})
    usual, dirac = finished(starts(request, trained_networks), StartsResult).points
    race = ExperimentRequest("short_race", (subject,), BRIEF)
    (expected,) = finished(run_experiment(race, trained_networks), object).trainings  # type: ignore[attr-defined]
    assert usual.training.losses == expected.losses
    assert dirac.training.losses != expected.losses


def test_an_unknown_start_is_refused() -> None:
    with pytest.raises(SettingsError) as refused:
        ExperimentRequest("starts", (Subject("a", SPEC),), parameters={"starts": ["he", "luck"]})
    assert refused.value.field == "starts"


def test_the_plain_network_learns_from_the_identity_and_not_from_random_weights() -> None:
    """The claim of the laboratory at two fifths of its steps, with a seed by which its defaults were not chosen."""
    training = replace(QUICK_TRAINING, steps=60, seed=11, learning_rate=0.005)
    subject = Subject("plain", small_network(56, plain=True, norm="none"))
    request = ExperimentRequest("starts", (subject,), training, {"starts": ["he", "identity"], "images": 16})
    usual, identity = finished(run_experiment(request), StartsResult).points
    assert usual.training.train_loss > 0.95 * log(10)
    assert identity.training.train_loss < 0.7 * log(10)
