"""The accessibility statement says what the tests check: each page with its addresses, each rule that is left out."""

import re
from pathlib import Path

from tests.browser.checked_pages import ADDRESSES, LEFT_OUT

ROOT = Path(__file__).parents[1]
STATEMENT = (ROOT / "docs" / "accessibility.md").read_text()


def test_every_page_is_checked() -> None:
    assert ADDRESSES.keys() == {path.stem for path in (ROOT / "pages").glob("*.py")}


def test_the_statement_names_each_page_with_its_addresses() -> None:
    rows = dict(re.findall(r"^\| (\w+) \| (`.*`) \|$", STATEMENT, re.MULTILINE))
    assert {page: tuple(re.findall("`([^`]+)`", row)) for page, row in rows.items()} == ADDRESSES


def test_the_statement_names_each_rule_that_is_left_out_with_its_reason() -> None:
    listed = STATEMENT.partition("rules are left out:")[2].partition("By keyboard")[0]
    assert dict(re.findall(r"^- (.*): (.*)[;.]$", listed, re.MULTILINE)) == LEFT_OUT


def test_the_readme_links_it() -> None:
    assert "(docs/accessibility.md)" in (ROOT / "README.md").read_text()
