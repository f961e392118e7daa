"""Equal cost at another shape, against ResNeXt's own tables and against exhaustive search."""

import pytest

from explorer.analysis.equal_cost import COST_SETTINGS, HELD, solve, solve_equal_cost, with_width_percent
from explorer.model import ModelSpec, SpecError, assemble, preset
from explorer.model.changes import with_blocks


@pytest.mark.parametrize(("cardinality", "width"), [(1, 64), (2, 40), (4, 24), (8, 14), (32, 4)])
def test_resnext_table_2_is_reproduced(cardinality: int, width: int) -> None:
    found = solve_equal_cost(preset("resnet50"), "cardinality", cardinality, "base_width", "params")
    assert found.value == width
    assert found.spec.cardinality == cardinality
    assert found.ratio == pytest.approx(1.0, abs=0.03)


def test_resnext_table_4_deeper_and_wider_at_twice_the_cost() -> None:
    base = preset("resnext101_32x8d")
    assert HELD["macs"](assemble(with_blocks(base, 66)).cost) > 1.9 * HELD["macs"](assemble(base).cost)


@pytest.mark.parametrize("setting", list(COST_SETTINGS))
@pytest.mark.parametrize("held", list(HELD))
def test_bisection_finds_what_trying_every_value_finds(setting: str, held: str) -> None:
    spec = ModelSpec(block="bottleneck", stage_blocks=(1, 2), stage_widths=(48, 96), image_size=64, num_classes=10)
    target = int(1.3 * HELD[held](assemble(spec).cost))
    costs = {}
    for value in range(1, 400):
        try:
            costs[value] = HELD[held](assemble(COST_SETTINGS[setting].apply(spec, value)).cost)
        except SpecError:
            continue
    best = min(abs(cost - target) for cost in costs.values())
    found = solve(spec, target, held, setting)
    assert abs(HELD[held](found.cost) - target) == best
    assert found.ratio == HELD[held](found.cost) / target


def test_widths_stay_multiples_of_the_cardinality() -> None:
    spec = with_width_percent(preset("resnext50_32x4d"), 130)
    assert all(width % 32 == 0 for width in spec.stage_widths)


def test_one_knob_cannot_be_both() -> None:
    with pytest.raises(SpecError) as caught:
        solve_equal_cost(ModelSpec(), "depth", 8, "depth", "macs")
    assert caught.value.field == "depth"
