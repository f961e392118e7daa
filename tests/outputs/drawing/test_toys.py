"""A new table entry is drawn by itself: in the graphs at every level, and in the overview."""

import re
from xml.etree import ElementTree

import pytest

from explorer.model import assemble
from explorer.outputs.drawing import dot_source
from explorer.outputs.drawing.overview.picture import overview_svg
from tests.toys import TOYS, toy_variant


@pytest.mark.parametrize("name", TOYS)
def test_a_new_table_entry_is_drawn_by_itself(name: str) -> None:
    with toy_variant(name) as spec:
        graph = assemble(spec)
        drawn = set(re.findall(r'^ *"([^"]+)" \[', dot_source(graph, "op"), re.MULTILINE))
        assert {path for path, _ in graph.nodes()} <= drawn
        for level in ("stage", "block", "op"):
            assert 'class="skip' in dot_source(graph, level)
        picture = ElementTree.fromstring(overview_svg(graph))
        assert [part for part in picture.iter() if "skip" in part.get("class", "")]
