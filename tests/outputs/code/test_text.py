"""The printed file as a text: short, standalone, formatted, free of what the network does not use."""

import ast
import inspect
import json
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar

import pytest
import torch
from torch import nn
from torchvision.ops import StochasticDepth

from explorer.engine import layers
from explorer.engine.lowering import build_module
from explorer.model import PRESETS, ModelSpec, assemble, preset
from explorer.model.ops import ElementwiseCategory, Op
from explorer.model.variants import ACTIVATIONS
from explorer.model.variants.layers import Activation
from explorer.outputs.code import generate_code
from explorer.outputs.code.library import EXPRESSIONS, TORCH_DEFAULTS, inline, library
from explorer.outputs.code.own_layers import SOURCE
from tests.failures import failures
from tests.generated import load_file
from tests.variants import small_variants

LENGTHS = {
    "resnet18": 62,
    "resnet50": 70,
    "resnext50_32x4d": 70,
    "cifar_resnet20": 70,
    "cifar_resnet20_b": 60,
    "cifar_plain20": 52,
    "preact_resnet50": 72,
    "cifar_resnet1202": 70,
    "cifar_stochastic1202": 82,
    "seresnext26d_32x4d": 97,
}
"""Lines of the whole file. A person needs as many for the same network; no depth makes a file longer."""


@pytest.mark.parametrize("name", LENGTHS)
def test_is_as_short_as_written_by_hand(name: str) -> None:
    assert len(generate_code(preset(name)).splitlines()) <= LENGTHS[name]


def test_a_basic_block_reads_as_a_person_writes_it() -> None:
    text = generate_code(preset("resnet18"))
    forward = """
        out = F.relu(self.bn1(self.conv1(x)))
        out = self.bn2(self.conv2(out))
        return F.relu(out + self.downsample(x))
    """
    assert textwrap.indent(textwrap.dedent(forward).strip(), 8 * " ") in text
    assert "self.layer2 = nn.Sequential(Block(64, 128, stride=2), Block(128, 128))" in text
    assert [node.name for node in ast.parse(text).body if isinstance(node, ast.ClassDef)] == ["Block", "ResNet"]


def test_known_networks_need_one_block_class() -> None:
    def check(name: str) -> None:
        text = generate_code(preset(name))
        titles = [node.name for node in ast.parse(text).body if isinstance(node, ast.ClassDef)]
        assert [title for title in titles if title.startswith("Block")] == ["Block"]
        assert max(map(len, text.splitlines())) <= 100

    assert failures(PRESETS, check) == {}


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("attention", "se", ("class SE",)),
        ("attention", "eca", ("class ECA", "class ChannelConv1d")),
        ("antialias", "blur", ("class BlurPool2d",)),
        ("shortcut", "pad", ("class PadShortcut",)),
        ("weight_standardization", True, ("class StandardizedConv2d",)),
        ("drop_path", 0.1, ("from torchvision.ops import StochasticDepth",)),
        ("block_dropout", 0.1, ("nn.Dropout(0.1)",)),
        ("zero_init_residual", True, ("nn.init.zeros_(module.bn3.weight)",)),
        ("skip", "shortcut_gate", ("self.gate", "nn.init.constant_(module.gate[0].bias, -6.0)")),
        ("shortcut_bias", True, ("nn.init.zeros_(module.bias)",)),
        ("norm", "group", ("nn.GroupNorm(",)),
        ("residual_scale", 0.5, ("0.5 * ",)),
    ],
)
def test_a_feature_appears_with_its_field_alone(field: str, value: object, words: tuple[str, ...]) -> None:
    usual = generate_code(preset("resnet50"))
    changed = generate_code(replace(preset("resnet50"), **{field: value}))
    for word in words:
        assert word not in usual
        assert word in changed


def test_runs_where_we_are_not_installed(tmp_path: Path) -> None:
    spec = ModelSpec(stage_blocks=(1, 1), stage_widths=(8, 16), stem_width=8, image_size=32, attention="eca")
    (tmp_path / "network.py").write_text(generate_code(spec), "utf-8")
    script = (
        "import importlib.util, torch, network\n"
        "assert importlib.util.find_spec('explorer') is None\n"
        "net = network.build()\n"
        "print(sum(p.numel() for p in net.parameters()), *net(torch.zeros(1, 3, 32, 32)).shape)\n"
    )
    command = [sys.executable, "-P", "-W", "error", "-c", f"import sys; sys.path.insert(0, '.')\n{script}"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.stderr, done.stdout) == ("", f"{assemble(spec).cost.params} 1 1000\n")


def test_is_formatted_and_without_unused_names(tmp_path: Path) -> None:
    specs = [*small_variants(), *(preset(name) for name in LENGTHS)]
    for number, spec in enumerate(specs):
        (tmp_path / f"network{number}.py").write_text(generate_code(spec), "utf-8")
    ruff = [sys.executable, "-m", "ruff"]
    options = ["--isolated", "--no-cache", "--line-length", "100", str(tmp_path)]
    for command in (["format", "--check"], ["check", "--select", "E,F,I,UP,B,PIE,SIM,RET"]):
        done = subprocess.run([*ruff, *command, *options], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout


def test_the_heading_gives_counts_and_a_specification_to_build_it_again() -> None:
    for spec in (preset("wide_resnet50_2"), ModelSpec(stem="deep", stem_width=32, image_size=160)):
        heading = ast.get_docstring(ast.parse(generate_code(spec)))
        assert heading is not None
        cost = assemble(spec).cost
        assert f"Parameters {cost.params:,}; MACs {cost.macs:,}; FLOPs = 2 x MACs {2 * cost.macs:,}." in heading
        assert ModelSpec.from_json(heading.split("Specification:")[1]) == spec
    assert json.dumps({"preset": "wide_resnet50_2"}) in generate_code(preset("wide_resnet50_2"))


def test_equal_specs_give_equal_files() -> None:
    assert generate_code(ModelSpec.from_json(preset("resnet101").to_json())) == generate_code(preset("resnet101"))


@pytest.mark.parametrize("name", TORCH_DEFAULTS)
def test_arguments_that_are_left_out_are_torchs_defaults(name: str) -> None:
    layer = StochasticDepth if name == "StochasticDepth" else getattr(nn, name)
    parameters = inspect.signature(layer).parameters
    for argument, value in TORCH_DEFAULTS[name].items():
        assert parameters[argument].default == value


def test_layers_of_one_expression_are_printed_as_that_expression() -> None:
    own = [name for name in library().classes if inline(name)]
    assert own == ["Add", "Concatenate", "Multiply", "Complement", "Scale"]
    for name in own:
        (forward,) = (part for part in library().classes[name].body if getattr(part, "name", "") == "forward")
        inputs, _, expression = EXPRESSIONS[name].partition(": ")
        assert inputs == ", ".join(argument.arg for argument in forward.args.args[1:])
        assert ast.unparse(forward.body).replace("self.", "") == f"return {expression}"
    assert EXPRESSIONS.keys() <= TORCH_DEFAULTS.keys() | set(own)
    assert set(library().classes) | {"StochasticDepth"} == set(layers.__all__)


LAYER_ARGUMENTS: dict[str, dict[str, object]] = {
    "Scale": {"factor": 0.7},
    "PadShortcut": {"out_channels": 11, "stride": 2},
    "PadBehind": {"out_channels": 11, "stride": 2},
    "DilatedAvgPool2d": {"dilation": 2},
    "StandardizedConv2d": {
        "in_channels": 6,
        "out_channels": 9,
        "kernel_size": 3,
        "stride": 2,
        "padding": 1,
        "groups": 3,
    },
    "BlurPool2d": {"channels": 6, "size": 5},
    "SamePad2d": {"kernel_size": 7, "stride": 2},
    "ChannelConv1d": {"kernel_size": 3},
}
"""What each layer of our own is built with; those that are missing take no arguments."""


@pytest.mark.parametrize("name", library().classes)
def test_a_printed_layer_computes_what_the_engines_does(name: str, tmp_path: Path) -> None:
    printed, ours = getattr(load_file(SOURCE, tmp_path), name), getattr(layers, name)
    assert inspect.signature(printed) == inspect.signature(ours)
    built = ours(**LAYER_ARGUMENTS.get(name, {}))
    copy = printed(**LAYER_ARGUMENTS.get(name, {}))
    copy.load_state_dict(built.state_dict(), strict=True)
    inputs = torch.randn(2, len(inspect.signature(ours.forward).parameters) - 1, 2, 6, 9, 9)
    for images in inputs:
        assert torch.equal(copy(*images), built(*images))


@dataclass(frozen=True, slots=True)
class Hardshrink(Op):
    """A layer of torch that nothing here has heard of."""

    elementwise_category: ClassVar[ElementwiseCategory] = "activation"
    lambd: float


@contextmanager
def unknown_activation() -> Iterator[ModelSpec]:
    entry = Activation(label="toy", help="A toy.", source="nobody", layer=lambda *_: Hardshrink(0.3))
    ACTIVATIONS["toy"] = entry
    try:
        yield ModelSpec(block="basic", stage_blocks=(1, 1), stage_widths=(8, 8), image_size=32, activation="toy")
    finally:
        del ACTIVATIONS["toy"]
        assemble.cache_clear()


def test_a_layer_that_nobody_told_the_printer_about(tmp_path: Path) -> None:
    with unknown_activation() as spec:
        text = generate_code(spec)
        assert "self.act1 = nn.Hardshrink(lambd=0.3)" in text
        network, printed = build_module(spec).eval(), load_file(text, tmp_path).build().eval()
    printed.load_state_dict(network.state_dict(), strict=True)
    images = torch.randn(2, 3, 32, 32)
    assert torch.equal(printed(images), network(images))
