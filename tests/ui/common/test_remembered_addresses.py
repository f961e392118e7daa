"""The addresses that a reload must not lose."""

from explorer.ui.common.remembered_addresses import LONGEST, Addresses


def test_every_browser_has_its_own_pages() -> None:
    known = Addresses()
    known.keep("anna", "", {"preset": ["resnet18"]})
    known.keep("anna", "compare", {"net": ["resnet18", "resnet34"]})
    known.keep("bert", "", {"preset": ["resnet50"]})
    assert known.get("anna", "") == {"preset": ["resnet18"]}
    assert known.get("anna", "compare") == {"net": ["resnet18", "resnet34"]}
    assert known.get("anna", "train") == {}
    assert known.get("carl", "") == {}


def test_whoever_was_here_longest_ago_makes_room() -> None:
    known = Addresses(most=2)
    for name in ("anna", "bert", "anna", "carl"):
        known.keep(name, "", {"preset": [name]})
    assert known.get("bert", "") == {}
    assert known.get("anna", "") == {"preset": ["anna"]}


def test_an_endless_address_is_not_kept() -> None:
    known = Addresses()
    known.keep("anna", "", {"net": ["x" * LONGEST]})
    assert known.get("anna", "") == {}
