"""Values that tell nothing are one sentence."""

import pytest
import torch

from explorer.engine.identification.usable import unusable


@pytest.mark.parametrize(
    ("tensors", "said"),
    [
        ({"fc.weight": torch.zeros(0, 4)}, "fc.weight has no values"),
        ({"a": torch.tensor([1.0, float("nan")])}, "a holds values that are no finite numbers"),
        ({"a": torch.tensor([float("inf")]), "b": torch.tensor([float("nan")])}, "a and 1 more tensors hold"),
        ({"bn.running_mean": torch.zeros(2), "bn.running_var": torch.zeros(2)}, "of variance 0"),
        (
            {"bn.running_mean": torch.zeros(2), "bn.running_var": torch.ones(2)},
            "not trained: its norms remember nothing",
        ),
        ({"bn.running_mean": torch.zeros(2), "bn.running_var": torch.tensor([1.0, 0.0])}, ""),
        ({"fc.weight": torch.zeros(2, 2)}, ""),
    ],
)
def test_each_is_said(tensors: dict[str, torch.Tensor], said: str) -> None:
    found = unusable(tensors)
    assert bool(found) == bool(said)
    assert said in str(found)
