"""From the graph to a `torch.nn.Module`: what was drawn and counted is what is trained.

Modules are attached under the graph's paths, which are torchvision's names, so published weights load strictly.
Networks compute with channels last in memory, which is the fastest on processors and GPUs.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import fields

import torch
from torch import Tensor, nn
from torch.utils.hooks import RemovableHandle

from explorer.engine import layers
from explorer.model import Block, Graph, ModelSpec, Node, assemble
from explorer.model.graph import BLOCK_INPUT
from explorer.model.ops import Op

BINDINGS = (layers, nn)
"""Where an op's class is looked up by name, in this order."""

Wire = tuple[str, nn.Module, tuple[str, ...]]
"""A module, the path it is attached under, and the names of the values it reads."""

NARROW = 8
"""Input channels below which oneDNN's weight gradient of a strided 1x1 convolution writes outside its buffer.

Seen in torch 2.15.0 on a processor with AVX2 and without AVX-512, with one thread and channels last: the process ends
with a damaged heap. With contiguous tensors, or from 8 channels on, it does not.
"""


def build_module(spec: ModelSpec) -> nn.Module:
    """The network of `spec`: maps `(batch, in_channels, image_size, image_size)` to `(batch, num_classes)` scores.

    Initialised from torch's global generator by He et al. 2015b (normal, fan-out) with the exceptions that the graph
    notes. Building under `torch.device("meta")` allocates nothing.
    """
    return lower(assemble(spec))


def lower(graph: Graph) -> nn.Module:
    """The module of a graph. See `build_module`."""
    network = Network(graph)
    initialise(network, graph)
    return network


class GraphModule(nn.Module):
    """Runs modules in order, each on the values it names; the last one's value is the output."""

    def __init__(self, wires: Iterable[Wire]) -> None:
        super().__init__()
        slots = {BLOCK_INPUT: 0}
        self.steps: list[tuple[nn.Module, tuple[int, ...]]] = []
        for name, module, inputs in wires:
            attach(self, name, module)
            self.steps.append((module, tuple(slots[source] for source in inputs)))
            slots[name] = len(slots)
        self.last_use = _last_uses([sources for _, sources in self.steps])

    def forward(self, x: Tensor) -> Tensor:
        values: list[Tensor | None] = [x]
        for position, (module, sources) in enumerate(self.steps):
            values.append(module(*(values[source] for source in sources)))
            for slot in self.last_use[position]:
                values[slot] = None  # let the tensor go as soon as no later step reads it
        output = values[-1]
        assert output is not None
        return output


class BlockModule(GraphModule):
    """One residual unit."""

    def __init__(self, block: Block) -> None:
        super().__init__((node.name, realise(node.op), node.inputs) for node in block.nodes)
        # By name: a second reference would register the module twice.
        self.merge_name = block.merge.name if block.merge else None

    @property
    def merge(self) -> nn.Module | None:
        """The module that adds the shortcut to the branch; None in a plain unit."""
        return None if self.merge_name is None else self.get_submodule(self.merge_name)


class Network(GraphModule):
    """Stem, stages and head; the stem's and the head's ops sit at the top level, as in torchvision."""

    def __init__(self, graph: Graph) -> None:
        super().__init__(_rows(graph))


def _rows(graph: Graph) -> Iterator[Wire]:
    """The modules at the top level: the stem's and the head's ops one by one, each stage as a sequence of blocks."""
    name = BLOCK_INPUT
    for stage in graph.stages:
        if stage.blocks[0].path:
            yield stage.name, nn.Sequential(*(BlockModule(placed.block) for placed in stage.blocks)), (name,)
            name = stage.name
        else:
            nodes = stage.blocks[0].block.nodes
            yield from ((node.name, realise(node.op), _reading(node, name)) for node in nodes)
            name = nodes[-1].name


def _reading(node: Node, entry: str) -> tuple[str, ...]:
    """What a top-level node reads, where `entry` stands for the input of its stage."""
    return tuple(entry if source == BLOCK_INPUT else source for source in node.inputs)


def realise(op: Op) -> nn.Module:
    """The module of one op: the class of its name, called with its fields."""
    for binding in BINDINGS:
        module_class = getattr(binding, type(op).__name__, None)
        if module_class is not None:
            module: nn.Module = module_class(**{item.name: getattr(op, item.name) for item in fields(op)})
            return module
    raise LookupError(f"no module is called {type(op).__name__}")


def attach(parent: nn.Module, path: str, module: nn.Module) -> None:
    """Add `module` under a dotted path, making plain containers on the way."""
    *containers, name = path.split(".")
    for container in containers:
        if not hasattr(parent, container):
            parent.add_module(container, nn.Sequential())
        parent = parent.get_submodule(container)
    parent.add_module(name, module)


def initialise(network: nn.Module, graph: Graph) -> None:
    """He's normal fan-out rule for convolutions, zeros as biases, torch's defaults elsewhere; then exceptions."""
    for module in network.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
            if module.bias is not None:
                nn.init.zeros_(module.bias)
    for path, node in graph.nodes():
        for name, value in node.init:
            nn.init.constant_(network.get_parameter(f"{path}.{name}"), value)


@contextmanager
def hooked(handles: Iterable[RemovableHandle]) -> Iterator[None]:
    """Hooks that are in place inside only: `hooked(module.register_forward_hook(...) for ...)`."""
    placed: list[RemovableHandle] = []
    try:
        placed.extend(handles)
        yield
    finally:
        for handle in placed:
            handle.remove()


def watched(
    network: nn.Module, graph: Graph, before: Callable[[str], None], after: Callable[[str, Tensor], None]
) -> AbstractContextManager[None]:
    """Inside, each layer of the graph calls `before` with its path, then `after` with its path and its output.

    A layer that the network lacks calls nothing.
    """
    known = dict(network.named_modules())
    handles = []
    for path in (path for path, _ in graph.nodes() if path in known):
        handles.append(known[path].register_forward_pre_hook(lambda _, __, path=path: before(path)))
        handles.append(known[path].register_forward_hook(lambda _, __, output, path=path: after(path, output)))
    return hooked(handles)


def _last_uses(reads: list[tuple[int, ...]]) -> list[tuple[int, ...]]:
    """For each step, the slots that no later step reads (never the step's own output)."""
    last = {slot: position for position, slots in enumerate(reads) for slot in slots}
    return [tuple(slot for slot, use in last.items() if use == position) for position in range(len(reads))]


def to_channels_last(network: nn.Module) -> nn.Module:
    """The network itself, its parameters in channels-last layout, but for the convolutions that cannot bear it."""
    network.to(memory_format=torch.channels_last)
    for module in network.modules():
        if isinstance(module, nn.Conv2d) and _is_unsafe(module):
            # A 1x1 weight is contiguous in both layouts: only a copy has the strides that torch takes for contiguous.
            module.weight.data = module.weight.data.clone(memory_format=torch.contiguous_format)
            module.register_forward_pre_hook(_copy_contiguous)
    return network


def _is_unsafe(layer: nn.Conv2d) -> bool:
    return layer.kernel_size == (1, 1) and max(layer.stride) > 1 and layer.in_channels < NARROW


def _copy_contiguous(layer: nn.Module, inputs: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    # A copy again: with one channel a tensor counts as contiguous in both layouts.
    return tuple(each.clone(memory_format=torch.contiguous_format) for each in inputs)
