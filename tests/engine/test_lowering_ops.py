"""Each op's shape, parameters and multiply-adds against its torch module, over settings no network here uses."""

import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch.utils.flop_counter import FlopCounterMode

from explorer.engine.lowering import realise
from explorer.model import Op, ops

FEW = settings(max_examples=120)
small = st.integers(1, 4)
sides = st.tuples(st.integers(1, 12), st.integers(1, 12))


def convolution(kind: type[ops.Conv2d]) -> st.SearchStrategy[ops.Conv2d]:
    def build(numbers: tuple[int, ...], bias: bool) -> ops.Conv2d:
        fan_in, fan_out, kernel, stride, padding, dilation, groups = numbers
        return kind(fan_in * groups, fan_out * groups, kernel, stride, padding, dilation, groups, bias)

    return st.builds(build, st.tuples(small, small, small, small, st.integers(0, 3), small, small), st.booleans())


def pool(kernel: int, stride: int, padding: int) -> ops.MaxPool2d:
    return ops.MaxPool2d(kernel, stride, min(padding, kernel // 2))


OPS: st.SearchStrategy[Op] = st.one_of(
    convolution(ops.Conv2d),
    convolution(ops.StandardizedConv2d),
    st.builds(pool, small, small, st.integers(0, 2)),
    st.builds(ops.AvgPool2d, small, small, st.booleans()),
    st.builds(ops.BlurPool2d, small, small, small, st.integers(1, 7)),
    st.builds(ops.SamePad2d, small, small, st.booleans()),
    st.builds(ops.PReLU, small),
    st.sampled_from((ops.Mish(), ops.Hardswish(), ops.AdaptiveMaxPool2d())),
    st.builds(ops.PadShortcut, st.integers(4, 9), small),
    st.builds(ops.GroupNorm, st.just(2), st.sampled_from((2, 4))),
    st.builds(ops.BatchNorm2d, small),
    st.just(ops.ChannelConv1d(3)),
    st.just(ops.AdaptiveAvgPool2d()),
    st.just(ops.Flatten()),
)


def channels_of(op: Op) -> int:
    """The input channels that the op was made for; four where it takes any."""
    for name in ("in_channels", "channels", "num_channels", "num_features", "num_parameters"):
        if hasattr(op, name):
            return int(getattr(op, name))
    return 4


@FEW
@given(OPS, sides)
def test_an_op_is_its_torch_module(op: Op, side: tuple[int, int]) -> None:
    shape = (channels_of(op), 1, 1) if isinstance(op, ops.ChannelConv1d) else (channels_of(op), *side)
    output = op.output_shape(shape)
    assume(min(output) >= 1 and op.accepts(shape))
    with torch.device("meta"):
        module = realise(op).eval()
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        assert tuple(module(torch.zeros(1, *shape, device="meta")).shape[1:]) == output
    cost = op.cost((shape,), output)
    assert {name: tuple(p.shape) for name, p in module.named_parameters()} == op.parameters()
    assert cost.params == sum(p.numel() for p in module.parameters())
    assert counter.get_total_flops() == 2 * cost.macs == 2 * op.macs(output)
    saved = {name: tuple(b.shape) for name, b in module.state_dict().items() if name.startswith("running")}
    assert saved == op.buffers()
    assert cost.buffers == sum(torch.Size(size).numel() for size in saved.values())
