"""A new table entry is drawn without a change here, in the graphs at every level and in the overview.

An attention that adds two branches adds no skip connection to the picture.
"""

import re
from xml.etree import ElementTree

import pytest

from explorer.model import assemble
from explorer.outputs.drawing.dot import dot_source
from explorer.outputs.drawing.overview.picture import overview_svg
from tests.toys import TOYS, toy_variant


@pytest.mark.parametrize("name", TOYS)
def test_a_new_table_entry_is_drawn_by_itself(name: str) -> None:
    with toy_variant(name) as spec:
        graph = assemble(spec)
        drawn = set(re.findall(r'^\s*"?([\w.]+)"? \[', dot_source(graph, "op"), re.MULTILINE))
        assert {path for path, _ in graph.nodes()} <= drawn
        for level in ("stage", "block", "op"):
            assert 'class="skip' in dot_source(graph, level)
        picture = ElementTree.fromstring(overview_svg(graph))
        assert [part for part in picture.iter() if "skip" in part.get("class", "")]


SKIP_EDGES = {"stage": 2, "block": 3, "op": 6}
"""Of the residual network: one a stage, one a run of equal blocks, one a block and two more through the projection."""


@pytest.mark.parametrize("level", SKIP_EDGES)
@pytest.mark.parametrize("shortcut", ["none", "projection"])
def test_only_a_residual_sum_has_a_skip_connection(level: str, shortcut: str) -> None:
    with toy_variant("attention", shortcut=shortcut) as spec:
        source = dot_source(assemble(spec), level)
    expected = SKIP_EDGES[level] if shortcut != "none" else 0
    assert source.count('class="skip') == expected


def test_a_plain_network_with_a_sum_in_its_attention_has_no_skip_connection_in_the_overview() -> None:
    with toy_variant("attention", shortcut="none") as spec:
        picture = ElementTree.fromstring(overview_svg(assemble(spec)))
    assert not [part for part in picture.iter() if "skip" in part.get("class", "")]
