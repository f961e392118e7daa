"""The rule of filters, on plain-34: every layer inside a stage has the same MACs, the one that halves the map half."""

from dataclasses import replace

from explorer.analysis.filter_rule import stage_layers
from explorer.model import assemble, preset


def test_plain_34_keeps_the_macs_of_a_layer_from_stage_to_stage() -> None:
    found = stage_layers(assemble(preset("plain34")))
    assert [each.output_shape for each in found] == [(64, 56, 56), (128, 28, 28), (256, 14, 14), (512, 7, 7)]
    assert {each.macs for each in found} == {9 * 64 * 64 * 56 * 56} == {115_605_504}
    assert [each.entering_macs for each in found] == [0, *[115_605_504 // 2] * 3]


def test_where_widths_do_not_double_the_macs_do_not_stay() -> None:
    found = stage_layers(assemble(replace(preset("plain34"), stage_widths=(64, 64, 64, 64))))
    assert [each.macs for each in found] == [115_605_504 // 4**stage for stage in range(4)]


def test_a_bottleneck_has_one_such_layer_in_every_block() -> None:
    found = stage_layers(assemble(preset("resnet50")))
    assert {each.macs for each in found} == {115_605_504}
    assert [each.entering_macs for each in found] == [0, *[115_605_504] * 3]
