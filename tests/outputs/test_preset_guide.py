"""The guide's chapter on presets is what the tables say, and no row without a preset lacks a reason."""

import re
from pathlib import Path

from explorer.analysis.published import published_tables, why_not
from explorer.analysis.published.inexpressible import ELSEWHERE, IN_TABLES
from explorer.model import PRESETS
from explorer.outputs.preset_guide import presets_markdown

CHAPTER = Path(__file__).parents[2] / "docs" / "guide" / "presets.md"


def test_the_chapter_is_up_to_date() -> None:
    """Otherwise: python -m explorer.outputs.preset_guide > docs/guide/presets.md."""
    assert CHAPTER.read_text(encoding="utf-8") == presets_markdown()


def test_every_preset_is_in_the_chapter() -> None:
    text = CHAPTER.read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE)) == set(PRESETS)


def test_every_row_without_a_preset_has_its_reason() -> None:
    for table in published_tables():
        for row in table.rows:
            assert bool(why_not(row)) == (not row.preset), (table.name, row.network)


def test_no_reason_is_left_over() -> None:
    networks = [row.network for table in published_tables() for row in table.rows if not row.preset]
    for entry in IN_TABLES:
        assert any(re.search(entry.pattern, network) for network in networks), entry.networks


def test_no_network_that_is_called_inexpressible_is_a_preset() -> None:
    names = set(re.findall(r"\w+", " ".join(entry.networks for entry in ELSEWHERE)))
    assert not names & set(PRESETS)
