"""Printed arithmetic: every product is evaluated as it is printed and held against the counts of the graph."""

import re
from collections.abc import Iterator

import pytest

from explorer.analysis.cost_formulas import MACS_RULE, PARAMETERS_RULE, Line, Share, Sum, arithmetic, space
from explorer.model import PRESETS, Block, Graph, ModelSpec, assemble, preset
from explorer.outputs.drawing.dot import find_block
from tests.failures import failures
from tests.toys import TOYS, toy_variant
from tests.variants import name_of, small_variants

FRACTION = re.compile(r"\\frac\{([^{}]+)\}\{([^{}]+)\}")


def evaluated(latex: str) -> int:
    """What a printed sum of products comes to, read as a reader would; its own result after `=` must agree."""
    text = latex.replace("{,}", "")
    written, _, result = text.partition(" = ")
    plain = FRACTION.sub(r"\1 / \2", written).replace(r"\cdot", "*")
    assert re.fullmatch(r"[\d +*/]*", plain), plain
    value = eval(plain) if plain else 0  # only digits and operators, as the line above has seen
    assert not result or int(result) == value
    return int(value)


def distinct_blocks(graph: Graph) -> Iterator[Block]:
    yield from {id(placed.block): placed.block for _, placed in graph.placed_blocks()}.values()


def agrees(block: Block) -> bool:
    """Every printed line is its op's count, and the sums are the block's."""
    written = arithmetic(block)
    lines = {line.name: line for line in written.lines}
    for node in block.nodes:
        line = lines.pop(node.name, Line(node.name, "", Sum(()), Sum(())))
        assert evaluated(line.macs.latex) == line.macs.value == node.cost.macs, node
        assert evaluated(line.parameters.latex) == line.parameters.value == node.cost.params, node
    return not lines and (written.macs, written.parameters) == (block.cost.macs, block.cost.params)


def test_every_printed_product_is_the_count_in_every_known_network() -> None:
    def check(name: str) -> None:
        assert all(agrees(block) for block in distinct_blocks(assemble(preset(name))))

    assert failures(PRESETS, check) == {}


@pytest.mark.parametrize("spec", small_variants(), ids=name_of)
def test_every_printed_product_is_the_count_in_every_variant(spec: ModelSpec) -> None:
    assert all(agrees(block) for block in distinct_blocks(assemble(spec)))


@pytest.mark.parametrize("name", TOYS)
def test_an_op_that_no_table_knows_still_adds_up(name: str) -> None:
    with toy_variant(name) as spec:
        assert all(agrees(block) for block in distinct_blocks(assemble(spec)))


def test_a_grouped_convolution_by_hand() -> None:
    lines = {
        line.name: line for line in arithmetic(find_block(assemble(preset("resnext50_32x4d")), "layer1.1").block).lines
    }
    assert lines["conv2"].macs.latex == r"3 \cdot 3 \cdot \frac{128}{32} \cdot 128 \cdot 56 \cdot 56 = 14{,}450{,}688"
    assert lines["conv2"].parameters.latex == r"3 \cdot 3 \cdot \frac{128}{32} \cdot 128 = 4{,}608"
    assert lines["bn2"].parameters.latex == r"2 \cdot 128 = 256"
    assert lines["bn2"].macs.latex == ""


def test_a_bias_is_a_term_of_its_own() -> None:
    lines = arithmetic(find_block(assemble(preset("resnet50")), "head").block).lines
    assert [(line.name, line.parameters.latex) for line in lines] == [
        ("fc", r"2{,}048 \cdot 1{,}000 + 1{,}000 = 2{,}049{,}000")
    ]


def test_the_rules_are_what_is_filled_in() -> None:
    kernel, channels, groups, out, height, width = 3, 64, 32, 128, 28, 14
    values = {"k": kernel, r"C_{\mathrm{in}}": channels, "g": groups, r"C_{\mathrm{out}}": out, "H": height, "W": width}
    for rule, product in (
        (MACS_RULE, (kernel, kernel, Share(channels, groups), out, height, width)),
        (PARAMETERS_RULE, (kernel, kernel, Share(channels, groups), out)),
    ):
        filled = rule
        for symbol, value in sorted(values.items(), key=lambda item: -len(item[0])):
            filled = re.sub(rf"(?<![a-zA-Z\\]){re.escape(symbol)}(?![a-zA-Z])", str(value), filled)
        assert filled == Sum((product,)).latex.partition(" = ")[0]


def test_shapes_are_spaces() -> None:
    assert space((2048, 7, 7)) == r"\mathbb{R}^{2{,}048 \times 7 \times 7}"
