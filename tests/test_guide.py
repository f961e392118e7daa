"""The guide is right: its examples are run, its links are opened, and its tables are computed again."""

import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from explorer.analysis.published import rows_of
from explorer.model import preset
from explorer.outputs.tables.sweep import equal_cost_solutions, equal_cost_table
from explorer.outputs.tables.table import to_markdown
from explorer.ui.compare.setup import CompareSetup
from tests.test_docs import explorer

GUIDE = Path(__file__).parents[1] / "docs" / "guide"
PAGES = {path.stem: path.read_text() for path in GUIDE.glob("*.md")}
EXAMPLE = re.compile(r"^```console\n\$ python -m explorer ([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
EXAMPLES = [found for text in PAGES.values() for found in EXAMPLE.findall(text)]
LINKS = [link for text in PAGES.values() for link in re.findall(r"\((http://localhost:8501/compare[^)]*)\)", text)]


@pytest.mark.parametrize(("arguments", "output"), EXAMPLES, ids=[arguments for arguments, _ in EXAMPLES])
def test_examples_are_what_the_command_prints(arguments: str, output: str) -> None:
    ended = explorer(arguments)
    assert ended.stderr == ""
    assert ended.stdout == output


@pytest.mark.parametrize("link", LINKS)
def test_links_open_the_comparison_they_promise(link: str) -> None:
    query = parse_qs(urlsplit(link).query)
    setup = CompareSetup.from_query(query)
    assert setup.warnings == []
    assert setup.named_networks == query["net"]


@pytest.mark.parametrize(
    ("turned", "solved", "held"), [("cardinality", "base_width", "params"), ("depth", "width", "macs")]
)
def test_equal_cost_tables_are_those_of_the_page(turned: str, solved: str, held: str) -> None:
    found = equal_cost_solutions(preset("resnet50"), turned, solved, held)
    assert to_markdown(equal_cost_table(found, turned, solved, held)) in PAGES["choose-a-backbone"]


@pytest.mark.parametrize(
    ("page", "name", "table", "printed"),
    [
        ("choose-a-backbone", "resnet50", "Xie et al. 2017, Table 3", "23.9"),
        ("choose-a-backbone", "resnext50_32x4d", "Xie et al. 2017, Table 3", "22.2"),
    ],
)
def test_published_errors_are_quoted_as_printed(page: str, name: str, table: str, printed: str) -> None:
    assert printed in {row.top1 for found, row in rows_of(name) if found.name == table}
    assert printed in PAGES[page]


def test_the_guide_has_examples_and_links() -> None:
    assert len(EXAMPLES) >= 2
    assert len(LINKS) >= 3
