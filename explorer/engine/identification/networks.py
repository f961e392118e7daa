"""Candidates as networks with the file's tensors, without a copy of them and without drawing initial values."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from explorer.engine.lowering import lower
from explorer.model import ModelSpec, assemble

COUNTER = "num_batches_tracked"

TensorsOf = Callable[[ModelSpec], Mapping[str, Tensor]]
"""Gives the file's tensors under a candidate's names. Raises LookupError where they do not fit it."""


def by_name_or_order(tensors: Mapping[str, Tensor]) -> TensorsOf:
    """A file's tensors for a candidate: by the candidate's names where it has them all, else in order, by shape.

    Counters of steps are left out, half precision becomes float32. For a file of which only the order is known, in the
    order of its definition.
    """
    values = {name: each.float() for name, each in tensors.items() if not name.endswith(COUNTER)}

    def tensors_of(spec: ModelSpec) -> Mapping[str, Tensor]:
        wanted = {
            f"{path}.{name}": shape
            for path, node in assemble(spec).nodes()
            for name, shape in (node.op.parameters() | node.op.buffers()).items()
        }
        if all(name in values and tuple(values[name].shape) == shape for name, shape in wanted.items()):
            return {name: values[name] for name in wanted}
        return _in_order(values, wanted)

    return tensors_of


def _in_order(values: Mapping[str, Tensor], wanted: Mapping[str, tuple[int, ...]]) -> Mapping[str, Tensor]:
    rest = iter(values.values())
    found: dict[str, Tensor] = {}
    for name, shape in wanted.items():
        value = next((each for each in rest if tuple(each.shape) == shape), None)
        if value is None:
            raise LookupError(f"no tensor of the file is {name}, of shape {shape}")
        found[name] = value
    return found


def candidate_network(spec: ModelSpec, tensors: Mapping[str, Tensor], side: int) -> nn.Module:
    """The network of `spec` for images of `side` pixels, in evaluation mode, with these tensors.

    Raises SpecError where there is no such network at that size, LookupError where tensors are missing.
    """
    graph = assemble(replace(spec, image_size=side, image_width=None))
    with Undrawn():
        network = lower(graph)
    found = network.load_state_dict(dict(tensors), strict=False, assign=True)
    missing = [name for name in found.missing_keys if not name.endswith(COUNTER)]
    if missing or found.unexpected_keys:
        raise LookupError(f"{(missing or found.unexpected_keys)[0]} is on one side only")
    return network.eval()


DRAWING = (Tensor.normal_, Tensor.uniform_, nn.init.kaiming_uniform_, nn.init.kaiming_normal_)


class Undrawn(TorchFunctionMode):
    """Inside, tensors are not filled with random numbers: half a second of a ResNet-50, whose values come from a file.

    The meta device would save as much, but has no fixed filters, and its first use imports for seconds.
    """

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: tuple[Any, ...] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        if func in DRAWING:
            return (*args, *(kwargs or {}).values())[0]
        return func(*args, **(kwargs or {}))
