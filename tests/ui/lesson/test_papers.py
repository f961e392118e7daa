"""The papers of the lesson: in order, each once, and with a page of the app that opens without a warning."""

from explorer.analysis.published import published_tables
from explorer.ui.addresses import ADDRESSES
from explorer.ui.labs.registry import LABS, part_address
from explorer.ui.lesson.papers import PAPERS, frame


def test_the_oldest_comes_first_and_each_once() -> None:
    numbers = [paper.arxiv for paper in PAPERS]
    assert numbers == sorted(set(numbers))
    assert list(frame()["month"]) == [paper.month for paper in PAPERS]
    assert PAPERS[1].month == "2015-12"


def test_papers_whose_tables_are_held_go_by_the_same_title() -> None:
    titles = {paper.arxiv: paper.title for paper in PAPERS}
    held = {table.paper.arxiv: table.paper.title for table in published_tables()}
    assert held.keys() <= titles.keys()
    assert {number: titles[number] for number in held} == held


def test_every_link_opens_what_it_names() -> None:
    for paper in PAPERS:
        query = {name: [value] for name, value in paper.query.items()}
        if paper.page == "labs":
            lab = LABS[paper.query["lab"]]
            assert lab.part(paper.query["part"]).name == paper.query["part"]
            address = part_address(lab, lab.part(paper.query["part"]))
        else:
            address = ADDRESSES[paper.page]
        assert address.read(query).warnings == [], paper.title
        assert f"](/{paper.page}?" in paper.link
