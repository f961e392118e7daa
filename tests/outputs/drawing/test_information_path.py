"""What x meets on its way to the next block is marked; the branch is not."""

import re

from explorer.model import assemble, preset
from explorer.outputs.drawing.dot import find_block
from explorer.outputs.drawing.information_path import LINE_WIDTH, information_path, information_path_dot
from explorer.outputs.palette import LIGHT


def lines_about(source: str, start: str) -> list[str]:
    return [line.strip() for line in source.splitlines() if line.strip().startswith(start)]


def test_in_a_post_activation_block_the_last_relu_alters_x() -> None:
    placed = find_block(assemble(preset("resnet18")), "layer1.1")
    assert [node.name for node in information_path(placed.block)] == ["add", "act2"]
    source = information_path_dot(placed, LIGHT)
    marked = f'color="{LIGHT.skip_edges["identity"]}" penwidth={LINE_WIDTH}'
    assert lines_about(source, "add -> act2") == [f"add -> act2 [class=information {marked}]"]
    assert lines_about(source, "act2 -> y") == [f"act2 -> y [class=information {marked}]"]
    assert lines_about(source, "add [")[-1] == f"add [{marked}]"
    assert lines_about(source, "act2 [")[-1] == f'act2 [color="{LIGHT.error}" penwidth={LINE_WIDTH}]'
    assert 'class="skip identity"' in lines_about(source, "x -> add")[0]
    assert "class=main" in lines_about(source, "bn2 -> add")[0]


def test_in_a_pre_activation_block_nothing_alters_x() -> None:
    placed = find_block(assemble(preset("preact_resnet50")), "layer1.1")
    assert [node.name for node in information_path(placed.block)] == ["add"]
    source = information_path_dot(placed, LIGHT)
    assert LIGHT.error not in source
    assert len(re.findall("class=information", source)) == 1
