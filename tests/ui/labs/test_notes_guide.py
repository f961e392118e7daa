"""The guide to the reading notes: every address in it leads to what it promises."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from explorer.analysis.published import published_tables
from explorer.model import PRESETS
from explorer.ui.common.paths import PAGES, ROOT
from explorer.ui.figures import page
from explorer.ui.labs.registry import LABS

ADDRESSES = sorted(set(re.findall(r"`(/[a-z]*(?:\?[^`]+)?)`", (ROOT / "docs" / "guide" / "notes.md").read_text())))
TABLES = {page.table_name(table) for table in published_tables()}


@pytest.mark.parametrize("address", ADDRESSES)
def test_address_leads_somewhere(address: str) -> None:
    parts = urlsplit(address)
    query = parse_qs(parts.query)
    assert (PAGES / f"{parts.path.strip('/') or 'build'}.py").exists()
    assert {*query.get("preset", ()), *query.get("net", ())} <= set(PRESETS)
    assert set(query.get("table", ())) <= TABLES
    for lab in query.get("lab", ()):
        names = {part.name for part in LABS[lab].parts}
        assert set(query.get("part", names)) <= names


def test_every_lab_is_in_the_guide() -> None:
    named = {lab for address in ADDRESSES for lab in parse_qs(urlsplit(address).query).get("lab", ())}
    assert set(LABS) <= named
