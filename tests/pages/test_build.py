"""The Build page: exact numbers, every control, links of every kind."""

import itertools

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Block, Expander

from explorer.model import PRESETS, ModelSpec, SpecError, assemble, preset
from explorer.model.controls import CONTROLS
from explorer.model.link import to_link
from explorer.model.variants import BLOCKS
from explorer.outputs import formatting
from explorer.ui.build import state
from explorer.ui.common import graphviz, session
from tests.pages.conftest import Bench
from tests.pages.sent import totals
from tests.texts import numbers
from tests.toys import KEY, TOYS, WORDS, toy_variant


def address(app: AppTest) -> dict[str, str]:
    """What the address bar holds."""
    return {name: value if isinstance(value, str) else value[-1] for name, value in app.query_params.items()}


def shown_spec(app: AppTest) -> dict[str, object]:
    return app.session_state["build.draft"].values


def test_a_fresh_page_is_resnet50_to_the_last_digit(bench: Bench) -> None:
    app = bench.open()
    assert not app.exception
    assert totals(app)["Parameters"] == "25,557,032"
    assert totals(app)["MACs"] == "4,089,184,256"
    assert totals(app)[formatting.FLOPS] == "8,178,368,512"
    assert totals(app)["Depth"] == "16 blocks"
    assert app.selectbox(key="preset").value == "resnet50"
    assert address(app) == {}


def test_every_field_has_a_control(bench: Bench) -> None:
    app = bench.open()
    keys = {widget.key for kind in (app.selectbox, app.toggle, app.number_input, app.text_input) for widget in kind}
    absent = set(CONTROLS) - keys
    optional = {name for name in absent if f"{name}.on" in keys}
    lists_and_numbers = {"stage_strides", "dilations", "multi_grid", "expansion", "image_width"}
    assert optional == lists_and_numbers, "what is optional stands behind its switch"
    idle = [name for name in absent - optional if CONTROLS[name].has_effect(ModelSpec())]
    assert idle == [], "only what has no effect has no control"
    named = " ".join(caption.value for caption in app.sidebar.caption)
    assert [name for name in absent - optional if CONTROLS[name].label not in named] == []


def test_a_slider_changes_numbers_and_address(bench: Bench) -> None:
    app = bench.open()
    app.select_slider(key="stage_blocks.2").set_value(23).run()
    expected = assemble(preset("resnet101")).cost
    assert totals(app)["Parameters"] == f"{expected.params:,}"
    assert totals(app)["MACs"] == f"{expected.macs:,}"
    assert app.text_input(key="stage_blocks").value == "3, 4, 23, 3"
    assert app.selectbox(key="preset").value == "resnet101"
    assert address(app) == {"stage_blocks": "3-4-23-3"}


def test_slider_and_box_show_one_value(bench: Bench) -> None:
    app = bench.open()
    app.number_input(key="cardinality").set_value(40).run()
    assert app.select_slider(key="cardinality.slide").value == 40
    app.select_slider(key="cardinality.slide").set_value(32).run()
    app.number_input(key="base_width").set_value(4).run()
    assert app.number_input(key="cardinality").value == 32
    assert totals(app)["Parameters"] == "25,028,904"
    assert app.selectbox(key="preset").value == "resnext50_32x4d"


def test_depth_and_stages_move_whole_lists(bench: Bench) -> None:
    app = bench.open()
    app.select_slider(key="depth").set_value(3 * 32 + 2).run()
    assert shown_spec(app)["stage_blocks"] == [6, 8, 12, 6]
    app.slider(key="stages").set_value(5).run()
    assert shown_spec(app)["stage_widths"] == [64, 128, 256, 512, 1024]
    assert not app.exception
    app.slider(key="stages").set_value(2).run()
    spec = ModelSpec(stage_blocks=(6, 8), stage_widths=(64, 128))
    assert totals(app)["Parameters"] == f"{assemble(spec).cost.params:,}"


@pytest.mark.parametrize(
    ("start", "depth", "name"),
    [
        ("resnet50", 101, "resnet101"),
        ("resnet152", 26, "resnet26"),
        ("cifar_resnet20", 1202, "cifar_resnet1202"),
        ("resnet18", 34, "resnet34"),
    ],
)
def test_every_known_depth_is_a_stop_and_gives_the_known_network(
    bench: Bench, start: str, depth: int, name: str
) -> None:
    app = bench.open(preset=start)
    app.number_input(key="depth.exact").set_value(depth).run()
    assert app.selectbox(key="preset").value == name
    slider = app.select_slider(key="depth")
    assert slider.value == depth
    assert f"{depth:,}" in slider.options
    layers = [int(text.replace(",", "")) for text in slider.options]
    assert {after - before for before, after in itertools.pairwise(layers)} == {BLOCKS[preset(name).block].layers}


def test_a_count_finds_its_networks_and_a_click_loads_one(bench: Bench) -> None:
    app = bench.open()
    app.text_input(key="count").set_value("49,326,872").run()
    found = [button.key for button in app.button if str(button.key).startswith("found.")]
    assert found == ["found.seresnet101", "found.legacy_seresnet101"]
    app.button(key="found.seresnet101").click().run()
    assert app.selectbox(key="preset").value == "seresnet101"
    assert app.text_input(key="count").value == ""
    app.text_input(key="count").set_value("many").run()
    assert "'many'" in app.sidebar.error[0].value
    assert app.selectbox(key="preset").value == "seresnet101"
    app.text_input(key="count").set_value("25,557,033").run()
    assert "25,557,032" in app.button(key="found.resnet50").label


def test_changes_from_the_known_network_are_named_with_what_they_cost(bench: Bench) -> None:
    app = bench.open(preset="resnet50")
    app.number_input(key="cardinality").set_value(32).run()
    line = app.sidebar.caption[0].value
    more = assemble(ModelSpec(cardinality=32)).cost.params - 25_557_032
    assert PRESETS["resnet50"].title in line
    assert f"{CONTROLS['cardinality'].label.lower()} 32" in line
    assert f"+ {formatting.short(more)}" in line
    app.button(key="hold").click().run()
    assert app.selectbox(key="preset").value == "resnext50_32x4d"
    assert "hold" not in {button.key for button in app.button}


def test_undo_and_redo_go_through_the_values_of_the_visit(bench: Bench) -> None:
    app = bench.open()
    assert app.button(key="undo").disabled
    app.number_input(key="cardinality").set_value(2).run()
    app.selectbox(key="preset").set_value("resnet18").run()
    app.button(key="undo").click().run()
    assert app.number_input(key="cardinality").value == 2
    app.button(key="undo").click().run()
    assert app.selectbox(key="preset").value == "resnet50"
    app.button(key="redo").click().run()
    assert app.number_input(key="cardinality").value == 2
    app.number_input(key="base_width").set_value(32).run()
    assert app.button(key="redo").disabled
    assert not app.exception


def test_own_proportions_are_kept_where_a_known_network_has_the_depth(bench: Bench) -> None:
    app = bench.open(stage_blocks="4-4-4-4")
    app.number_input(key="depth.exact").set_value(101).run()
    assert shown_spec(app)["stage_blocks"] == [9, 8, 8, 8]


def test_more_blocks_than_there_may_be_take_the_depth_slider_away(bench: Bench) -> None:
    app = bench.open()
    app.text_input(key="stage_blocks").set_value("1500, 1500, 6, 3").run()
    assert not app.exception
    assert "depth" not in [slider.key for slider in app.select_slider]


def test_the_groups_of_controls_keep_their_position(bench: Bench) -> None:
    """A browser builds a group whose position changes anew, with values that may be old."""

    def positions(block: Block) -> list[tuple[int, ...]]:
        inside = [(index, child) for index, child in block.children.items() if isinstance(child, Block)]
        return [
            (index, *path)
            for index, child in inside
            for path in ([()] if isinstance(child, Expander) else positions(child))
        ]

    app = bench.open()
    known = positions(app.sidebar)
    app.text_input(key="stage_blocks").set_value("3, 4, 7, 3").run()
    assert positions(app.sidebar) == known != []
    app.text_input(key="stage_blocks").set_value("0, 4, 6, 3").run()
    assert positions(app.sidebar) == known


@pytest.mark.parametrize("name", ["resnet18", "cifar_plain56", "resnext101_64x4d", "cifar_resnet1202"])
def test_a_known_network_loads_into_the_controls(bench: Bench, name: str) -> None:
    app = bench.open()
    app.selectbox(key="preset").set_value(name).run()
    cost = assemble(preset(name)).cost
    assert totals(app)["Parameters"] == f"{cost.params:,}"
    assert totals(app)["MACs"] == f"{cost.macs:,}"
    assert app.selectbox(key="block").value == preset(name).block
    app.button(key="reset").click().run()
    assert totals(app)["Parameters"] == "25,557,032"
    assert address(app) == {}


def test_a_link_with_fields_a_preset_or_a_whole_spec_is_restored(bench: Bench) -> None:
    app = bench.open(block="basic", stage_blocks="2-2-2-2")
    assert totals(app)["Parameters"] == "11,689,512"
    assert bench.open(preset="cifar_resnet20").selectbox(key="stem").value == "cifar"
    spec = ModelSpec(cardinality=2, attention="se")
    again = bench.open(net=to_link(spec))
    assert ModelSpec(**shown_spec(again)) == spec


def test_the_address_alone_brings_everything_back(bench: Bench) -> None:
    app = bench.open()
    app.selectbox(key="shortcut").set_value("avg_projection").run()
    app.toggle(key="zero_init_residual").set_value(True).run()
    app.number_input(key="drop_path").set_value(0.15).run()
    again = bench.open(**address(app))
    assert shown_spec(again) == shown_spec(app)
    assert totals(again)["Parameters"] == totals(app)["Parameters"]


def test_values_that_do_not_fit_together_are_said_at_the_control_and_kept(bench: Bench) -> None:
    app = bench.open()
    app.selectbox(key="skip").set_value("scale").run()
    app.selectbox(key="shortcut").set_value("none").run()
    assert not app.exception
    with pytest.raises(SpecError) as refused:
        ModelSpec(skip="scale", shortcut="none")
    (in_sidebar,) = app.sidebar.error
    assert in_sidebar.value.casefold() in str(refused.value).casefold()
    assert any(CONTROLS["skip"].label in error.value for error in app.main.error)
    assert app.selectbox(key="skip").value == "scale"
    assert not app.selectbox(key="skip").disabled
    assert app.button(key="train").disabled
    assert totals(app)["Parameters"] == "25,557,032", "the last valid network stays"
    app.selectbox(key="skip").set_value("identity").run()
    assert not app.error
    assert totals(app)["Parameters"] == f"{assemble(ModelSpec(shortcut='none')).cost.params:,}"


def test_a_network_that_fails_half_way_is_shown_up_to_there(bench: Bench) -> None:
    app = bench.open()
    app.text_input(key="stage_widths").set_value("512, 256, 128, 64").run()
    app.selectbox(key="shortcut").set_value("pad").run()
    assert not app.exception
    (in_sidebar,) = app.sidebar.error
    assert numbers(in_sidebar.value) == ["2048", "1024"]
    assert "layer2.0" in in_sidebar.value
    assert any("layer1" in error.value for error in app.main.error)


def test_what_is_typed_and_is_no_list_is_kept_and_explained(bench: Bench) -> None:
    app = bench.open()
    app.text_input(key="stage_blocks").set_value("3, four, 6").run()
    assert not app.exception
    assert "3, four, 6" in app.sidebar.error[0].value
    assert app.text_input(key="stage_blocks").value == "3, four, 6"
    app.text_input(key="stage_blocks").set_value("2 2 2 2").run()
    assert not app.error


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"cardinality": "99999"}, "1,024"),
        ({"cardinality": "two"}, "'two'"),
        ({"stem": "moon"}, "'moon'"),
        ({"stage_blocks": "3-4-x"}, "3-4-x"),
        ({"stage_blocks": "100000"}, "1,000"),
        ({"skip_scale": "nan"}, "nan"),
        ({"stem_norm": "perhaps"}, "perhaps"),
    ],
)
def test_a_hostile_value_in_a_link_gets_a_sentence_at_its_control(
    bench: Bench, query: dict[str, str], said: str
) -> None:
    """It names the value, or the bound."""
    app = bench.open(**query, num_classes="10")
    assert not app.exception
    (error,) = app.sidebar.error
    assert said in error.value
    assert CONTROLS[next(iter(query))].label in app.warning[0].value
    assert app.number_input(key="num_classes").value == 10, "the rest of the link stands"


@pytest.mark.parametrize("net", ["1~resnet50~stem.deep~00", "9~resnet50~aa", "", "x" * 3000, "<script>"])
def test_a_damaged_link_is_one_sentence_and_the_default(bench: Bench, net: str) -> None:
    app = bench.open(net=net)
    assert not app.exception
    assert len(app.warning) == 1
    assert totals(app)["Parameters"] == "25,557,032"


def test_fields_without_effect_are_named_with_the_reason_and_keep_their_value(bench: Bench) -> None:
    app = bench.open(block="basic", stride_on="1x1")
    assert "stride_on" not in {menu.key for menu in app.selectbox}
    line = next(each for each in app.sidebar.caption if CONTROLS["stride_on"].label in each.value)
    assert CONTROLS["block"].label in line.help
    assert BLOCKS["bottleneck"].label in line.help
    app.selectbox(key="block").set_value("bottleneck").run()
    assert app.selectbox(key="stride_on").value == "1x1"
    assert totals(app)["MACs"] == "3,857,973,248"


@pytest.mark.parametrize("name", TOYS)
def test_a_new_table_entry_appears_in_its_menu_by_itself(bench: Bench, name: str) -> None:
    with toy_variant(name) as spec:
        app = bench.open(net=to_link(spec))
        assert not app.exception
        menu = app.selectbox(key=name)
        assert WORDS["label"] in menu.options
        assert menu.value == KEY
        assert WORDS["help"] in menu.help
        assert WORDS["source"] in menu.help
        assert totals(app)["Parameters"] == f"{assemble(spec).cost.params:,}"


def test_the_json_is_the_spec(bench: Bench) -> None:
    app = bench.open(block="basic", stage_blocks="2-2-2-2")
    app.session_state["left.tables"] = "JSON"
    app.run()
    assert ModelSpec.from_json(app.code[-1].value) == preset("resnet18")


@pytest.mark.parametrize("changes", [{"shortcut": "pad", "stage_widths": "64-32-16-8"}, {"stage_widths": "64-128"}])
def test_no_specification_is_offered_while_the_draft_is_invalid(bench: Bench, changes: dict[str, str]) -> None:
    """Neither the draft's own values, which fail half-way, nor those of the network that is shown in their place."""
    app = bench.open(**changes)
    app.session_state["left.tables"] = "JSON"
    app.run()
    assert not app.exception
    assert not app.get("download_button")
    assert not app.code
    assert app.info


def test_without_the_dot_program_the_browser_draws_the_graph(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(graphviz.shutil, "which", lambda name: None)
    graphviz.laid_out.cache_clear()
    app = bench.open(block="basic", stage_blocks="2-2-2-2", opened="layer1.0")
    assert not app.exception
    (graph,) = app.get("graphviz_chart")
    assert "downsample" not in graph.proto.spec
    assert "skip identity" in graph.proto.spec
    assert any("`dot`" in caption.value for caption in app.main.caption)
    graphviz.laid_out.cache_clear()


def test_a_network_too_large_to_draw_says_by_how_much(bench: Bench) -> None:
    app = bench.open(preset="cifar_resnet1202")
    app.segmented_control(key="graph.level").set_value("op").run()
    assert not app.exception
    assert any("4,000" in numbers(said.value) for said in app.info)


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> None:
    """The page as it is drawn for a browser, which can unfold what is folded."""
    monkeypatch.setattr(session, "has_browser", lambda: True)
    monkeypatch.setattr(state, "PAINT_SECONDS", 0.0)
    monkeypatch.setattr(state, "FIRST_PAINT_SECONDS", 0.0)


@pytest.mark.usefixtures("browser")
def test_a_browser_gets_the_controls_of_unfolded_groups_and_loses_no_value_of_the_others(bench: Bench) -> None:
    app = bench.open(conv_bias="1", image_size="64", groups="Body")
    assert "dilations.on" in {toggle.key for toggle in app.toggle}
    assert "conv_bias" not in {toggle.key for toggle in app.toggle}
    app.select_slider(key="stage_widths.0").set_value(96).run()
    assert address(app) == {"conv_bias": "1", "image_size": "64", "stage_widths": "96-128-256-512", "groups": "Body"}
    app = bench.open(**address(app) | {"groups": "Layers"})
    assert "dilations.on" not in {toggle.key for toggle in app.toggle}
    assert app.toggle(key="conv_bias").value is True
    expected = ModelSpec(conv_bias=True, image_size=64, stage_widths=(96, 128, 256, 512))
    assert totals(app)["Parameters"] == f"{assemble(expected).cost.params:,}"


@pytest.mark.usefixtures("browser")
def test_a_folded_group_with_a_problem_is_unfolded_for_a_browser(bench: Bench) -> None:
    assert "stem" not in {menu.key for menu in bench.open().selectbox}
    app = bench.open(stem="bogus")
    assert app.selectbox(key="stem").value == "imagenet"
    assert any("bogus" in error.value for error in app.sidebar.error)
