"""Where a library, or the code that we print, does not write an op as torch's own module: counters see something else.

Counters see layers and functions, not arithmetic: most look a layer's class up in a table, some exactly, some with the
classes it is derived from. Read off timm 1.0.31 (`timm/layers`, `timm/models`), torchvision 0.29 and Keras 3.15 with
torch as its backend (`keras/src/backend/torch`). Tests run the counters on the libraries' own modules.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from explorer.language import N_, in_source
from explorer.model import PRESETS, ModelSpec, assemble, ops
from explorer.model.graph import Node, Role
from explorer.model.identity.known import identify
from explorer.model.ops import Op


@dataclass(frozen=True)
class OtherLayer:
    """A layer or a function that does an op's arithmetic in place of torch's module."""

    name: str
    remark: str
    """What counters make of it, as the end of a sentence."""


FUNCTION_REMARK = N_("pools and activations are functions, which thop leaves out and ptflops counts at most once")
POOL_FUNCTION = OtherLayer("F.max_pool2d, F.adaptive_max_pool2d", FUNCTION_REMARK)
GLOBAL_POOL_FUNCTION = OtherLayer("F.adaptive_avg_pool2d", FUNCTION_REMARK)
ACTIVATION_FUNCTION = OtherLayer("F.relu, F.gelu, F.silu", FUNCTION_REMARK)
PASSED_OVER_FUNCTION = OtherLayer("F.leaky_relu, F.mish, F.hardswish", FUNCTION_REMARK)

FUNCTIONAL_MEAN = OtherLayer("x.mean((2, 3))", N_("attention pools by x.mean, a function that no counter knows"))
CONV1D = OtherLayer("torch.nn.Conv1d", N_("ECA's convolution is torch's own layer"))
TIMM_GROUP_NORM = OtherLayer(
    "timm.layers.GroupNorm", N_("norms are of a class derived from torch's, which ptflops leaves out")
)
NORM_REMARK = N_("norms hold their activations, so that ptflops and torchinfo leave the norms out")
BATCH_NORM_ACT = OtherLayer("timm.layers.BatchNormAct2d", NORM_REMARK)
GROUP_NORM_ACT = OtherLayer("timm.layers.GroupNormAct", NORM_REMARK)
STD_CONV = OtherLayer("timm.layers.StdConv2d", N_("weights are standardised by a batch norm, which fvcore counts"))

KERAS_REMARK = N_(
    "layers are of Keras' own classes, so that tools which look for torch's classes see little or nothing"
)
KERAS_CONV = OtherLayer("keras.layers.Conv2D", KERAS_REMARK)
KERAS_DENSE = OtherLayer("keras.layers.Dense", KERAS_REMARK)
KERAS_NORM = OtherLayer("keras.layers.BatchNormalization", KERAS_REMARK)
KERAS_ACTIVATION = OtherLayer("keras.layers.Activation", KERAS_REMARK)
KERAS_MAX_POOL = OtherLayer("keras.layers.MaxPooling2D", KERAS_REMARK)
KERAS_MEAN = OtherLayer("keras.layers.GlobalAveragePooling2D", KERAS_REMARK)
KERAS_ADD = OtherLayer("keras.layers.Add", KERAS_REMARK)

Layer = type[Op] | OtherLayer
"""What runs an op: the module of torch's, or of ours, that has the op's name, or something else."""
Replaced = type[Op] | tuple[type[Op], Role]
"""An op that is not run by the module of its name, everywhere or in one role."""

PRINTED: Mapping[Replaced, OtherLayer] = {
    ops.MaxPool2d: POOL_FUNCTION,
    ops.AdaptiveMaxPool2d: POOL_FUNCTION,
    ops.AdaptiveAvgPool2d: GLOBAL_POOL_FUNCTION,
    ops.ReLU: ACTIVATION_FUNCTION,
    ops.GELU: ACTIVATION_FUNCTION,
    ops.SiLU: ACTIVATION_FUNCTION,
    ops.LeakyReLU: PASSED_OVER_FUNCTION,
    ops.Mish: PASSED_OVER_FUNCTION,
    ops.Hardswish: PASSED_OVER_FUNCTION,
}
"""What the code that we print can write as a function. A test compares this with `outputs.code.library.EXPRESSIONS`."""

GATE_POOL: Replaced = (ops.AdaptiveAvgPool2d, "attention")

LIBRARIES: Mapping[str, Mapping[Replaced, OtherLayer]] = {
    "torchvision.models.resnet": {},
    "torchvision.models.vgg": {},
    "timm.models.resnet": {
        GATE_POOL: FUNCTIONAL_MEAN,
        ops.ChannelConv1d: CONV1D,
        ops.GroupNorm: TIMM_GROUP_NORM,
    },
    "timm.models.senet": {GATE_POOL: FUNCTIONAL_MEAN},
    "timm.models.resnetv2": {
        ops.BatchNorm2d: BATCH_NORM_ACT,
        ops.GroupNorm: GROUP_NORM_ACT,
        ops.StandardizedConv2d: STD_CONV,
    },
    "keras.applications": {
        ops.Conv2d: KERAS_CONV,
        ops.Linear: KERAS_DENSE,
        ops.BatchNorm2d: KERAS_NORM,
        ops.ReLU: KERAS_ACTIVATION,
        ops.MaxPool2d: KERAS_MAX_POOL,
        ops.AdaptiveAvgPool2d: KERAS_MEAN,
        ops.Add: KERAS_ADD,
    },
}
"""By the library's module: what it does not write as the module of torch's or ours that has the op's name."""


@dataclass(frozen=True)
class CountedModule:
    """The module in which the counters see the layers. As it stands: each op is the module of its name."""

    library: str = ""
    """Such as `timm.models.resnet`; empty for a module of ours."""
    network: str = ""
    """The preset that names the library's network, with what differs, such as `seresnet50, at 64 px`."""
    replaced: Mapping[Replaced, OtherLayer] = field(default_factory=dict)
    only_at: frozenset[str] | None = None
    """The paths at which ops are replaced; None: at all."""

    def layer(self, path: str, node: Node) -> Layer:
        """What runs the op of the node at this path of the graph."""
        op: type[Op] = type(node.op)
        if self.only_at is not None and path not in self.only_at:
            return op
        return self.replaced.get((op, node.role)) or self.replaced.get(op) or op


def printed_module(functions: frozenset[str]) -> CountedModule:
    """The module that the printed code builds; `functions` are the paths of the layers that it writes as functions."""
    return CountedModule(replaced=PRINTED, only_at=functions)


def library_module(spec: ModelSpec) -> CountedModule | None:
    """The library's own module, where `spec` is a network that a library has under a name."""
    for known in identify(spec):
        library = PRESETS[known.name].library
        if library:
            name = ", ".join((known.name, *map(in_source, known.differences)))
            return CountedModule(library, name, LIBRARIES[library])
    return None


def remarks(spec: ModelSpec, module: CountedModule) -> tuple[str, ...]:
    """What counters do not see as torch's modules, each remark once."""
    layers = (module.layer(path, node) for path, node in assemble(spec).nodes())
    return tuple(dict.fromkeys(layer.remark for layer in layers if isinstance(layer, OtherLayer)))
