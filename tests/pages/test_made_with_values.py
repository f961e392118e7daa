"""Every widget is made with the value that it shows: a browser that builds one anew reports the value it is made with.

Without that a menu would fall back to its first option now and then, on a busy machine most of all.
"""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from explorer.ui.common.widget_values import RECEIVED
from tests.pages.conftest import Bench


def menu(proto: Any) -> object:
    return proto.options[proto.default] if proto.HasField("default") else None


def stops(proto: Any) -> object:
    return list(proto.default)


def several(proto: Any) -> object:
    return list(proto.default)


def plain(proto: Any) -> object:
    return proto.default


SHOWN: Mapping[str, tuple[Callable[[Any], object], Callable[[Any], object]]] = {
    "selectbox": (menu, lambda proto: proto.raw_value if proto.HasField("raw_value") else None),
    "slider": (stops, lambda proto: list(proto.value)),
    "number_input": (plain, lambda proto: proto.value),
    "text_input": (plain, lambda proto: proto.value),
    "checkbox": (plain, lambda proto: proto.value),
    "multiselect": (
        lambda proto: [proto.options[position] for position in proto.default],
        lambda proto: list(proto.raw_values),
    ),
    "button_group": (
        lambda proto: [proto.options[position].content for position in proto.default],
        lambda proto: list(proto.raw_values),
    ),
}
"""For each kind of widget: the value that it is made with, and the one that is sent to it."""

ADDRESSES = {
    "controls": ("build", {"preset": "resnext50_32x4d", "groups": "Most used.Stem.Blocks.Shortcuts"}),
    "timing": ("build", {"tab": "Timing", "batch": "8", "precision": "bf16", "seconds": "10"}),
    "layers": ("build", {"tab": "Layers", "layers.columns": "kernel.params", "colour": "macs"}),
    "paths": ("build", {"tab": "Paths", "lengths": "layers"}),
    "compare": ("compare", {"nets": "resnet34,resnet50", "show": "cost", "of": "2", "hold": "macs"}),
    "known networks": ("compare", {"show": "field", "y": "top5", "params_most": "30"}),
    "train": (
        "train",
        {"nets": "cifar_plain20,cifar_resnet20", "dataset": "shapes", "optimizer": "adam", "seeds": "3"},
    ),
    "runs": ("runs", {"text": "plain", "states": "failed", "deleted": "true"}),
    "lab": ("labs", {"lab": "signal", "depth": "34", "seed": "3"}),
}


@pytest.mark.parametrize(("page", "query"), ADDRESSES.values(), ids=ADDRESSES)
def test_what_a_widget_is_made_with_is_what_it_shows(bench: Bench, page: str, query: dict[str, str]) -> None:
    app = bench.open(page, **query)
    assert not app.exception
    checked, wrong = 0, {}
    # The hidden box that counts runs is made empty: a browser that builds it anew has received nothing for certain.
    for kind, (made, sent) in SHOWN.items():
        for widget in app.get(kind):
            proto = widget.proto
            if proto.set_value and widget.key != RECEIVED:
                checked += 1
                if made(proto) != sent(proto):
                    wrong[f"{kind} {proto.label}"] = (made(proto), sent(proto))
    assert wrong == {}
    assert checked
