"""The loop that a tutorial writes, as the measure of ours: a CIFAR network by hand, a DataLoader, `loss.item()`."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, Dataset

from explorer.engine.data.batches import Batches
from explorer.engine.data.images import ImageData
from explorer.engine.lowering import build_module
from explorer.engine.training.device import choose_device
from explorer.model import ModelSpec
from explorer.runs.settings import TrainingSettings


class BasicBlock(nn.Module):
    """Two 3x3 convolutions, with the shortcut of option A where there is one (He et al. 2015, section 4.2)."""

    def __init__(self, inside: int, outside: int, stride: int, *, residual: bool) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inside, outside, 3, stride=stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(outside)
        self.conv2 = nn.Conv2d(outside, outside, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(outside)
        self.relu = nn.ReLU(inplace=True)
        self.stride, self.new, self.residual = stride, outside - inside, residual

    def forward(self, x: Tensor) -> Tensor:
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.bn2(self.conv2(out))
        if self.residual:
            if self.new:
                half = self.new // 2
                x = F.pad(x[:, :, :: self.stride, :: self.stride], (0, 0, 0, 0, half, self.new - half))
            out += x
        result: Tensor = self.relu(out)
        return result


class CifarNetwork(nn.Module):
    """A 6n+2 layer network, plain or residual, in the style of torchvision's `ResNet`, under the same names."""

    def __init__(self, blocks: int, channels: int, classes: int, *, residual: bool) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, 16, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(16)
        self.relu = nn.ReLU(inplace=True)
        self.layer1 = self._layer(16, 16, blocks, 1, residual=residual)
        self.layer2 = self._layer(16, 32, blocks, 2, residual=residual)
        self.layer3 = self._layer(32, 64, blocks, 2, residual=residual)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(64, classes)

    def forward(self, x: Tensor) -> Tensor:
        x = self.relu(self.bn1(self.conv1(x)))
        x = self.layer3(self.layer2(self.layer1(x)))
        scores: Tensor = self.fc(torch.flatten(self.avgpool(x), 1))
        return scores

    @staticmethod
    def _layer(inside: int, outside: int, blocks: int, stride: int, *, residual: bool) -> nn.Sequential:
        first = BasicBlock(inside, outside, stride, residual=residual)
        return nn.Sequential(first, *(BasicBlock(outside, outside, 1, residual=residual) for _ in range(blocks - 1)))


class Samples(Dataset[tuple[Tensor, int]]):
    """One image at a time, transformed when it is asked for: cropped, mirrored, to floats, channels first, normalised.

    It is asked for by its number, or by a row of `Batches.plan`, which says how it is shifted and mirrored, too.
    """

    def __init__(self, images: Tensor, labels: list[int], data: ImageData, margin: int = 0) -> None:
        self.images, self.labels, self.margin = images, labels, margin
        self.mean = torch.tensor(data.mean).view(-1, 1, 1)
        self.deviation = torch.tensor(data.deviation).view(-1, 1, 1)

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, row: int | list[int]) -> tuple[Tensor, int]:
        index, *draw = row if isinstance(row, list) else [row]
        image = self.images[index].permute(2, 0, 1)
        if draw:
            down, right, mirror = draw
            side, margin = image.shape[-1], self.margin
            image = F.pad(image, (margin,) * 4)[:, down : down + side, right : right + side]
            image = image.flip(-1) if mirror else image
        return (image.contiguous().float() - self.mean) / self.deviation, self.labels[index]


class OrdinaryLoop:
    """Trains one of He's CIFAR networks from the weights and in the order of images that a run of ours has."""

    def __init__(self, spec: ModelSpec, settings: TrainingSettings, data: ImageData) -> None:
        self.device = choose_device(settings.device)
        self.settings = settings
        channels, classes = data.train_images.shape[3], len(data.classes)
        torch.manual_seed(settings.seed)
        side = data.train_images.shape[1]
        ours = build_module(_fitted(spec, channels, side, classes))
        network = CifarNetwork(spec.stage_blocks[0], channels, classes, residual=spec.shortcut != "none")
        network.load_state_dict(ours.state_dict())
        self.network = network.to(self.device)
        self.optimiser = torch.optim.SGD(
            network.parameters(),
            lr=settings.learning_rate,
            momentum=settings.momentum,
            weight_decay=settings.weight_decay,
        )
        self.plans = Batches(data, settings, torch.device("cpu"))
        train = Samples(torch.tensor(data.train_images), data.train_labels.tolist(), data, self.plans.margin)
        self.loader = DataLoader(train, batch_sampler=_Order(self.plans))
        self.batches = iter(self.loader)
        self.tested = len(data.test_labels)
        tested = Samples(torch.tensor(data.test_images), data.test_labels.tolist(), data)
        self.test_loader = DataLoader(tested, batch_size=256)

    def steps(self, count: int) -> list[float]:
        """Takes `count` steps and gives their losses."""
        losses = []
        self.network.train()
        for images, labels in islice(self.batches, count):
            scores = self.network(images.to(self.device))
            loss = F.cross_entropy(scores, labels.to(self.device))
            self.optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            self.optimiser.step()
            losses.append(loss.item())
        return losses

    @torch.no_grad()
    def test(self) -> float:
        """The error on the test part in percent."""
        self.network.eval()
        wrong = 0
        for images, labels in self.test_loader:
            wrong += int((self.network(images.to(self.device)).argmax(1).cpu() != labels).sum())
        return 100 * wrong / self.tested


class _Order:
    """What one batch after another draws, without end: rows of `Batches.plan`."""

    def __init__(self, plans: Batches) -> None:
        self.plans = plans

    def __iter__(self) -> Iterator[list[list[int]]]:
        step = 0
        while True:
            yield self.plans.plan(step).tolist()
            step += 1


def _fitted(spec: ModelSpec, channels: int, side: int, classes: int) -> ModelSpec:
    return replace(spec, in_channels=channels, image_size=side, num_classes=classes)
