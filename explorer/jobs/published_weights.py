"""torchvision's published weights as the installed package describes them, read by a child process once."""

from dataclasses import dataclass
from functools import cache

from explorer.jobs.one_shot import OneShot

MODULE = "explorer.engine.jobs.published_weights"


@dataclass(frozen=True)
class PublishedWeights:
    """One weights entry of torchvision. Accuracies are percent on ImageNet-1K, one centre crop."""

    preset: str
    weights: str
    default: bool
    params: int
    gmacs: float
    """10^9 multiply-adds, rounded by torchvision to three decimals."""
    file_mb: float
    top1: float
    top5: float
    recipe: str
    url: str
    min_size: tuple[int, int]
    full_name: str = ""
    """As torchvision asks for it: `ResNet50_Weights.IMAGENET1K_V1`."""


@dataclass(frozen=True)
class NoSettings:
    """A request that says nothing: everything there is."""


@cache
def published_weights() -> tuple[PublishedWeights, ...]:
    """Every weights entry of the presets that torchvision has, read from the installed package.

    Blocks for the seconds that torchvision needs to be imported, once. Raises ChildError where it cannot be asked.
    """
    return OneShot(MODULE, NoSettings(), tuple[PublishedWeights, ...]).result()
