"""Drafts: what the controls hold, valid or not."""

import pytest

from explorer.model import ModelSpec, assemble, preset
from explorer.ui.build import controls, state
from explorer.ui.build.draft import Draft, evaluate


def test_a_draft_knows_which_network_it_is() -> None:
    draft = Draft.from_query({"preset": ["resnext50_32x4d"]})
    assert draft.preset == "resnext50_32x4d"
    assert draft.title == "ResNeXt-50 32x4d"
    draft.set("cardinality", 31)
    assert draft.preset is None
    assert draft.title == "Your network"
    assert draft.to_query()["cardinality"] == "31"


def test_a_valid_draft_is_its_network() -> None:
    network = evaluate(Draft.from_query({"block": ["basic"], "stage_blocks": ["2-2-2-2"]}), ModelSpec())
    assert network.whole
    assert network.spec == preset("resnet18")
    assert network.graph.cost.params == 11_689_512


def test_an_invalid_draft_shows_the_last_valid_network() -> None:
    last = preset("resnet34")
    network = evaluate(Draft.from_query({"stage_widths": ["64-128"]}), last)
    assert not network.whole
    assert network.graph is assemble(last)
    assert network.error is not None
    assert network.error.field == "stage_widths"


def test_a_draft_that_fails_half_way_shows_its_own_beginning() -> None:
    network = evaluate(Draft.from_query({"shortcut": ["pad"], "stage_widths": ["64-32-16-8"]}), ModelSpec())
    assert network.partial
    assert [stage.name for stage in network.graph.stages] == ["stem", "layer1"]
    assert network.error is not None
    assert network.error.field == "shortcut"


def test_moving_a_control_forgets_what_the_link_wanted_there() -> None:
    draft = Draft.from_query({"cardinality": ["0"], "base_width": ["0"], "unknown": ["1"]})
    assert set(draft.refused) == {"cardinality", "base_width", "link"}
    draft.set("cardinality", 2)
    assert set(draft.refused) == {"base_width"}


def test_later_fields_change_the_network_that_the_link_names() -> None:
    draft = Draft.from_query({"preset": ["cifar_resnet20"], "stage_blocks": ["9-9-9"]})
    assert draft.preset == "cifar_resnet56"


def test_an_unknown_network_is_one_sentence() -> None:
    draft = Draft.from_query({"preset": ["resnet51"], "num_classes": ["10"]})
    assert "resnet51" in draft.refused["link"]
    assert draft.values["num_classes"] == 10


def test_a_slider_that_is_about_to_go_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    draft = Draft()
    monkeypatch.setattr(controls.st, "session_state", {state.DRAFT: draft, "dilations.3": 4})
    controls._take_entry("dilations", 3, "dilations.3")
    assert draft.values["dilations"] is None
    monkeypatch.setattr(controls.st, "session_state", {state.DRAFT: draft, "stage_blocks.1": 8})
    controls._take_entry("stage_blocks", 1, "stage_blocks.1")
    assert draft.values["stage_blocks"] == [3, 8, 6, 3]
