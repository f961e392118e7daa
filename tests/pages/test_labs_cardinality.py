"""Lab 5: numbers of the forms against the text, solved widths against the paper, wiring against counted cost."""

import re
from math import prod

import pytest

from explorer.jobs.one_shot import ChildError
from explorer.jobs.verification import FormDifference, start_equivalence
from explorer.model import assemble, preset
from explorer.outputs.drawing.resnext_forms import BlockSizes
from explorer.outputs.palette import LIGHT
from explorer.ui.labs import resnext_forms
from explorer.ui.labs.equal_cost import at_equal_cost, at_twice_the_cost, published_points
from explorer.ui.labs.resnext_forms import equation, frame
from explorer.ui.labs.shared import text
from explorer.ui.labs.wiring import WIRINGS, Sizes, cost, wires, wiring_svg
from tests.pages.conftest import Bench

PAPER_BLOCK = BlockSizes(32, 4, 256)
DIGITS = r"(\d+)\\,\((\d+) \\cdot (\d+) \+ 3 \\cdot 3 \\cdot (\d+) \\cdot (\d+) \+ (\d+) \\cdot (\d+)\) = ([\d{},]+)"


def value_of(latex: str) -> int:
    """The value of a formula of the lab without fractions."""
    plain = latex.replace(r"\,", "*").replace(r"\cdot", "*").replace("{,}", "").replace("^", "**")
    assert re.fullmatch(r"[\d*+() ]+", plain), plain
    return int(eval(plain))


def test_every_equation_of_the_text_equals_the_block_that_is_built() -> None:
    found = re.findall(DIGITS, text.sections("cardinality")["forms_equal"])
    assert len(found) == 2
    for paths, channels, width, *same, printed in found:
        sizes = BlockSizes(int(paths), int(width), int(channels))
        assert same == [width, width, width, channels]
        assert int(re.sub(r"\D", "", printed)) == sizes.parameters
    assert value_of(equation(PAPER_BLOCK).split(" = ")[0]) == PAPER_BLOCK.parameters == 70_144


def test_torch_computes_the_parameters_of_the_text_for_the_three_forms() -> None:
    forms = start_equivalence(32, 4, 256).result()
    assert {form.parameters for form in forms} == {value_of(equation(PAPER_BLOCK).split(" = ")[1])}
    assert max(form.largest_difference for form in forms) < 1e-13


def test_equal_parameters_give_the_widths_of_table_2() -> None:
    found = at_equal_cost(preset("resnet50"), (1, 2, 4, 8, 32), "params")
    assert [each.value for each in found.values()] == [64, 40, 24, 14, 4]
    assert all(abs(each.ratio - 1) < 0.03 for each in found.values())


def test_twice_the_cost_is_spent_on_one_setting_at_a_time() -> None:
    base = preset("resnext50_32x4d")
    deeper, wider, more = at_twice_the_cost(base).values()
    for each in (deeper, wider, more):
        assert 1.9 < each.cost.macs / assemble(base).cost.macs < 2.1
    assert sum(deeper.spec.stage_blocks) > sum(base.stage_blocks)
    assert wider.spec.base_width > base.base_width
    assert more.spec.cardinality > base.cardinality


def test_table_3_falls_with_cardinality_at_both_depths() -> None:
    for depth in ("50", "101"):
        points = published_points(depth)
        assert [cardinality for cardinality, *_ in points] == [1, 2, 4, 8, 32]
        errors = [error for _, error, _ in points]
        assert errors == sorted(errors, reverse=True)


@pytest.mark.parametrize("sizes", [Sizes(8, 8, 4, 3, 56), Sizes(4, 16, 2, 5, 7), Sizes(32, 4, 1, 1, 14)])
def test_wiring_drawn_counted_and_written_agree(sizes: Sizes) -> None:
    for wiring in WIRINGS.values():
        convolutions = wiring.convolutions(sizes)
        weights = sum(each.kernel_size**2 * len(wires(each)) for each in convolutions)
        found = cost(wiring, sizes)
        assert found.params == weights == sum(prod(each.parameters()["weight"]) for each in convolutions)
        assert found.macs == weights * sizes.side**2
        assert wiring_svg(wiring, sizes, LIGHT).count('class="wire"') == sum(map(len, map(wires, convolutions)))
        formula = re.sub(r"\\frac\{(.*)\}\{(\d+)\}", r"\1", wiring.formula(sizes))
        divisor = re.search(r"\}\{(\d+)\}$", wiring.formula(sizes))
        assert value_of(formula) == weights * int(divisor[1] if divisor else 1)


def test_a_group_is_connected_to_itself_only() -> None:
    grouped = WIRINGS["grouped"].convolutions(Sizes(4, 4, 2, 3, 7))[0]
    assert wires(grouped) == [(0, 0), (0, 1), (1, 0), (1, 1), (2, 2), (2, 3), (3, 2), (3, 3)]


def test_the_forms_are_compared_only_on_demand_and_shown_after_the_answer(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[int, int, int]] = []

    class Handle:
        done = True

        def result(self) -> tuple[FormDifference, ...]:
            return (FormDifference("grouped_convolution", 17_920, 0.0),)

    def start(*sizes: int) -> Handle:
        asked.append(sizes)  # type: ignore[arg-type]
        return Handle()

    monkeypatch.setattr(resnext_forms, "start_equivalence", start)
    resnext_forms.equivalence_jobs.clear()
    app = bench.open("labs", lab="cardinality", paths="8", outside="128")
    assert not app.exception
    assert asked == []
    app.button(key="cardinality.compare").click().run()
    assert asked == [(8, 4, 128)]
    assert not app.dataframe
    app.button(key="predict.forms.skip").click().run()
    assert not app.exception
    assert any(equation(BlockSizes(8, 4, 128)) in each.value for each in app.markdown)
    assert list(app.dataframe[0].value["parameters"]) == ["17,920"]
    resnext_forms.equivalence_jobs.clear()


def test_a_failed_comparison_shows_its_reason_and_the_rest_stays(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    error = ChildError("No process could be started.")

    def fail(*_: int) -> None:
        raise error

    monkeypatch.setattr(resnext_forms, "start_equivalence", fail)
    resnext_forms.equivalence_jobs.clear()
    app = bench.open("labs", lab="cardinality")
    app.button(key="cardinality.compare").click().run()
    assert not app.exception
    assert [each.value for each in app.error] == [str(error)]
    assert app.button(key="predict.forms.skip")
    resnext_forms.equivalence_jobs.clear()


@pytest.mark.parametrize("part", ["cost", "wiring"])
def test_the_other_parts_open(bench: Bench, part: str) -> None:
    app = bench.open("labs", lab="cardinality", part=part)
    assert not app.exception
    assert not app.error


def test_a_network_without_bottlenecks_gives_a_message(bench: Bench) -> None:
    app = bench.open("labs", lab="cardinality", part="cost", net="cifar_resnet20")
    assert not app.exception
    assert app.error
    assert all("bottleneck" in error.value for error in app.error)


def test_rows_of_the_forms_carry_the_papers_figure() -> None:
    assert list(frame((FormDifference("early_concatenation", 5, 0.0),))["figure"]) == ["Fig. 3(b)"]


def test_32_channels_in_8_groups_and_only_groups_that_divide_the_channels(bench: Bench) -> None:
    app = bench.open("labs", lab="cardinality", part="wiring", inputs="32", outputs="16", groups="8")
    app.button(key="predict.wiring.skip").click().run()
    assert not app.exception
    groups = app.select_slider(key="labs.cardinality.groups")
    assert (groups.value, list(groups.options)) == (8, ["1", "2", "4", "8", "16"])
    assert any(f"{9 * 32 * 16 // 8:,} parameters" in each.value for each in app.markdown)
