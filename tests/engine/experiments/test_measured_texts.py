"""Numbers that the laboratory of signal and gradient states about untrained networks are measured here again."""

from collections.abc import Iterator
from dataclasses import replace
from math import pi, sqrt
from pathlib import Path

import pytest

from explorer.engine.experiments.blocks import parts_of
from explorer.engine.experiments.shortcut_products import identity_chains, measure_chain
from explorer.engine.experiments.signal import read_signal
from explorer.engine.experiments.trained_networks import TrainedNetworks
from explorer.experiments.request_values import QUICK_TRAINING, small_network

TEXT = Path(__file__).parents[3] / "assets" / "text" / "en" / "labs" / "signal.md"
SEEDS, IMAGES = range(5), 64
"""What the texts call five seeds, and the images that the laboratory measures with."""
LAYERS_IN_BLOCK = 2


@pytest.fixture(scope="module")
def networks() -> TrainedNetworks:
    return TrainedNetworks(replace(QUICK_TRAINING, device="cpu"))


@pytest.fixture(scope="module")
def said() -> str:
    return " ".join(TEXT.read_text().split())


def growth_in_a_stage(networks: TrainedNetworks, seed: int) -> Iterator[float]:
    """By how much a layer of the untrained plain network multiplies the gradient on its way back, in each stage."""
    spec = small_network(56, plain=True)
    network = networks.fresh(spec, seed=seed)
    parts = parts_of(network, spec)
    gradients = dict(zip(parts, read_signal(network, parts, *networks.images(IMAGES)).output_gradient, strict=True))
    for stage in dict.fromkeys(part.stage for part in parts):
        inside = [gradient for part, gradient in gradients.items() if part.stage == stage]
        yield (inside[0] / inside[-1]) ** (1 / (LAYERS_IN_BLOCK * (len(inside) - 1)))


def test_a_normalised_plain_layer_enlarges_the_gradient_by_what_the_text_says(networks: TrainedNetworks, said: str):
    """Yang et al. 2019: sqrt(pi / (pi - 1)) in wide layers; a measured layer stays below it."""
    found = [growth for seed in SEEDS for growth in growth_in_a_stage(networks, seed)]
    low, high, theory = min(found), max(found), sqrt(pi / (pi - 1))
    assert f"larger: {low:.2f} to {high:.2f} times in this lab's network of 56 layers" in said
    assert f"= {theory:.2f}$ times in theory" in said
    assert 1 < low < high < theory
    assert low**50 > 100  # "over 50 layers this is a factor of more than 100"


def with_branches(networks: TrainedNetworks, factor: float, seed: int) -> float:
    """The gradient at the start of the first chain of shortcuts over that at its end, as the laboratory measures it."""
    spec = small_network(56, skip="scale", skip_scale=factor)
    network = networks.fresh(spec, seed=seed)
    chain = identity_chains(parts_of(network, spec))[0]
    assert len(chain) == 8
    return measure_chain(network, chain, *networks.images(IMAGES)).gradient_with_branches


def test_with_branches_a_factor_below_one_enlarges_the_gradient_as_the_text_says(networks: TrainedNetworks, said: str):
    found = {factor: [with_branches(networks, factor, seed) for seed in SEEDS] for factor in (0.5, 1.0)}
    assert all(half > whole for half, whole in zip(found[0.5], found[1.0], strict=True))
    half, whole = (f"{min(found[factor]):.1f} to {max(found[factor]):.1f} times" for factor in (0.5, 1.0))
    assert f"grows {whole} towards the input at" in said
    assert f"it grows more, {half}, at" in said
