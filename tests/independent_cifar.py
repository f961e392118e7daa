"""The CIFAR networks of He et al. 2015, section 4.2, written from the paper alone, with module names in public use.

It imports nothing from `explorer`, so that a network that agrees with it was written twice.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class Unit(nn.Module):
    def __init__(self, entering: int, leaving: int, stride: int, option: str) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(entering, leaving, kernel_size=3, stride=stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(leaving)
        self.conv2 = nn.Conv2d(leaving, leaving, kernel_size=3, stride=1, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(leaving)
        self.padding = 0
        self.shortcut = nn.Sequential()
        if stride != 1 and option == "A":
            self.padding = leaving // 4
        elif stride != 1:
            conv = nn.Conv2d(entering, leaving, kernel_size=1, stride=stride, bias=False)
            self.shortcut = nn.Sequential(conv, nn.BatchNorm2d(leaving))

    def forward(self, x: Tensor) -> Tensor:
        h = torch.relu(self.bn1(self.conv1(x)))
        h = self.bn2(self.conv2(h))
        if self.padding:
            x = F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, self.padding, self.padding), "constant", 0)
        return torch.relu(h + self.shortcut(x))


class CifarResNet(nn.Module):
    def __init__(self, depth: int, option: str = "A") -> None:
        super().__init__()
        n = (depth - 2) // 6
        self.conv1 = nn.Conv2d(3, 16, kernel_size=3, stride=1, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(16)
        self.layer1 = self.stack(n, 16, 16, 1, option)
        self.layer2 = self.stack(n, 16, 32, 2, option)
        self.layer3 = self.stack(n, 32, 64, 2, option)
        self.linear = nn.Linear(64, 10)

    @staticmethod
    def stack(n: int, entering: int, leaving: int, stride: int, option: str) -> nn.Sequential:
        units = [Unit(entering, leaving, stride, option)]
        units += [Unit(leaving, leaving, 1, option) for _ in range(n - 1)]
        return nn.Sequential(*units)

    def forward(self, x: Tensor) -> Tensor:
        x = torch.relu(self.bn1(self.conv1(x)))
        x = self.layer3(self.layer2(self.layer1(x)))
        return self.linear(x.mean(dim=(2, 3)))
