"""The JSON that the command line and Python give: a contract."""

import json
import subprocess
import sys

import pytest

from explorer.model import ModelSpec, assemble, preset
from explorer.model.ops import ELEMENTWISE_CATEGORIES
from explorer.outputs import describe

CONSTANTS = {
    "resnet18": (11_689_512, 1_814_073_344),
    "resnet50": (25_557_032, 4_089_184_256),
    "resnext50_32x4d": (25_028_904, 4_230_479_872),
    "cifar_resnet20": (269_722, 40_551_040),
}
"""Parameters and multiply-adds computed with torchvision 0.27.1 and FlopCounterMode; CIFAR: option A."""


@pytest.mark.parametrize("name", CONSTANTS)
def test_totals_are_the_checked_constants(name: str):
    totals = describe(preset(name))["totals"]
    assert (totals["params"], totals["macs"]) == CONSTANTS[name]
    assert totals["flops"] == 2 * totals["macs"]
    assert list(totals["elementwise"]) == list(ELEMENTWISE_CATEGORIES)


def test_stages_and_layers_sum_to_the_totals():
    description = describe(preset("resnet50"))
    for key in ("params", "buffers", "macs", "flops", "activations"):
        for rows in (description["stages"], description["layers"]):
            assert sum(row[key] for row in rows) == description["totals"][key]
    for line in ELEMENTWISE_CATEGORIES:
        whole = description["totals"]["elementwise"][line]
        assert sum(row["elementwise"][line] for row in description["stages"]) == whole
        assert sum(row["elementwise"].get(line, 0) for row in description["layers"]) == whole


def test_every_layer_is_listed_under_its_own_path():
    spec = preset("cifar_resnet110")
    layers = describe(spec)["layers"]
    assert [(row["path"], row["op"]) for row in layers] == [
        (path, type(node.op).__name__) for path, node in assemble(spec).nodes()
    ]


def test_shapes_are_lists():
    description = describe(preset("resnet18"))
    stages = {row["name"]: row["output_shape"] for row in description["stages"]}
    assert stages == {
        "stem": [64, 56, 56],
        "layer1": [64, 56, 56],
        "layer2": [128, 28, 28],
        "layer3": [256, 14, 14],
        "layer4": [512, 7, 7],
        "head": [1000],
    }
    layers = {row["path"]: row["output_shape"] for row in description["layers"]}
    assert layers["flatten"] == [512]
    assert layers["layer3.0.downsample.0"] == [256, 14, 14]


def test_it_is_json_and_its_spec_makes_the_same_network():
    spec = preset("cifar_preact110")
    description = json.loads(json.dumps(describe(spec), allow_nan=False))
    assert description == describe(spec)
    assert ModelSpec.from_dict(description["spec"]) == spec


def test_saved_bytes_are_those_of_the_memory():
    description = describe(preset("resnet18"))
    memory = description["totals"]["memory"]
    image = 4 * 3 * 224 * 224
    assert sum(row["saved_bytes"] for row in description["layers"]) + image == memory["saved_activations"]
    assert memory["weights"] == 4 * description["totals"]["params"]


def test_importing_it_brings_neither_torch_nor_pandas():
    heavy = "{'torch', 'pandas', 'numpy', 'streamlit', 'graphviz', 'plotly'}"
    program = (
        "import sys; from explorer.model import preset; from explorer.outputs import describe; "
        f"describe(preset('resnet18')); print(sorted({heavy} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_stages_and_blocks_carry_the_tables_columns():
    description = describe(preset("resnet50"))
    blocks = {row["path"]: row for row in description["blocks"]}
    assert len(blocks) == 18
    assert (blocks["layer2.0"]["stage"], blocks["layer2.0"]["kernel"], blocks["layer2.0"]["stride"]) == (
        "layer2",
        "1-3-1",
        2,
    )
    assert blocks["layer4.2"]["receptive_field"] == {"shortest": 11, "longest": 427, "stride": 32, "padding": 213}
    for rows in (description["stages"], description["blocks"], description["layers"]):
        assert sum(row["params_share"] for row in rows) == pytest.approx(1)
        assert sum(row["macs_share"] for row in rows) == pytest.approx(1)
        for key in ("params", "macs", "output_bytes", "saved_bytes"):
            assert sum(row[key] for row in rows) == sum(row[key] for row in description["layers"]), key
