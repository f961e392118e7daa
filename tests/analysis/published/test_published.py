"""Published figures: every fact is well-formed, and every count of every table has the verdict that was checked."""

from collections import Counter

import pytest

from explorer.analysis.published import Agreement, agreement, compare, published_tables, rows_of
from explorer.analysis.published.facts import PROTOCOLS, PublishedRow, PublishedTable
from explorer.model import PRESETS, preset

ROWS = [(table, row) for table in published_tables() for row in table.rows]

WANTED = {
    "he2015": {"1", "2", "3", "4", "6", "sections 3.3 and 4.1"},
    "he2016": {"1", "2", "3", "4", "5", "5 (text)"},
    "resnext": {"1", "2", "3", "4", "5", "6", "7", "8"},
    "wrn": {"2", "3", "4", "5", "6", "7", "8", "9"},
}


def test_the_tables_asked_for_are_there() -> None:
    for key, numbers in WANTED.items():
        have = {table.number for table in published_tables() if table.paper.key == key and table.rows}
        assert numbers <= have, key


def test_no_line_is_lost() -> None:
    assert Counter(table.paper.key for table, _ in ROWS) == {"he2015": 50, "he2016": 65, "resnext": 53, "wrn": 80}


@pytest.mark.parametrize(("table", "row"), ROWS, ids=lambda item: getattr(item, "network", ""))
def test_rows_are_well_formed(table: PublishedTable, row: PublishedRow) -> None:
    assert row.protocol in PROTOCOLS
    assert not row.preset or row.preset in PRESETS
    assert row.params or row.macs or row.top1 or row.top5 or row.ap
    for error in (row.top1, row.top5):
        assert error in {"", "fail", ">60"} or 0 < float(error) < 100
    if row.preset:
        expected = {"CIFAR-10": 10, "SVHN": 10, "CIFAR-100": 100, "ImageNet": 1000, "COCO": 1000}[row.dataset]
        assert preset(row.preset).num_classes == expected


@pytest.mark.parametrize(
    ("printed", "exact", "words"),
    [
        ("25.6M", 25_557_032, "rounds"),
        ("25.5M", 25_557_032, "truncates"),
        ("3.8G", 3_857_973_248, "truncates"),
        ("10.2M", 10_327_706, "-1.2 %"),
        ("~7.8G", 8_076_871_680, "-3.4 %"),
        ("~15G", 15_007_481_856, "rounds"),
        ("15.6G", 15_460_270_080, "+0.9 %"),
        ("0.27M", 269_722, "rounds"),
        ("0.27M", 272_474, "rounds"),
        ("68.1M", 68_155_210, "truncates"),
        ("~70k", 69_632, "rounds"),
    ],
)
def test_verdicts(printed: str, exact: int, words: str) -> None:
    assert str(agreement(printed, exact)) == words


@pytest.mark.parametrize("printed", ["", "fail", "~", "M"])
def test_a_word_is_no_count(printed: str) -> None:
    with pytest.raises(ValueError, match=f"^{printed!r} "):
        agreement(printed, 1)


def _agreements() -> list[tuple[PublishedTable, PublishedRow, Agreement, str]]:
    compared = [(table, row, comparison) for table, row in ROWS if (comparison := compare(row))]
    return [
        (table, row, agreed, comparison.note)
        for table, row, comparison in compared
        for agreed in (comparison.params, comparison.macs)
        if agreed
    ]


def test_every_count_that_does_not_agree_is_a_known_one() -> None:
    """ResNet-1001, ResNeXt's "preserved" complexities, VGG-16's convolutions alone, a misprint, ten-class counts."""
    known = {
        *(("ResNet-1001", text) for text in ("-1.2 %", "-1.5 %")),
        *(("ResNeXt-50", text) for text in ("-3.9 %", "-3.1 %")),
        *(("ResNeXt-101", text) for text in ("-2.4 %", "-3.4 %", "-2.1 %")),
        *(("ResNeXt-29", text) for text in ("-0.3 %", "-0.2 %")),
        ("VGG-16", "-1.1 %"),
        *(("1202", "-47.5 %"), ("pre-act-ResNet-1001", "-1.2 %"), ("pre-act-ResNet-1001", "-1.5 %")),
    }
    agreements = _agreements()
    differing = [(row.network, str(agreed)) for _, row, agreed, _ in agreements if not agreed.agrees]
    assert len(differing) == 17
    assert len(agreements) == 114
    for network, text in differing:
        assert any(part in network and text == words for part, words in known), (network, text)


def test_hundred_class_rows_print_the_ten_class_count() -> None:
    noted = {row.network for _, row, _, note in _agreements() if "ten-class" in note}
    assert noted == {"ResNeXt-29, 8x64d", "ResNeXt-29, 16x64d"}


def test_rows_of_a_preset_come_with_their_tables() -> None:
    names = [table.name for table, _ in rows_of("cifar_resnet110")]
    assert "He et al. 2015, Table 6" in names
    assert "He et al. 2016, Table 1" in names
    assert rows_of("resnet50_gn") == ()


def test_figures_are_named_as_figures() -> None:
    assert "He et al. 2015, Fig. 6" in {table.name for table in published_tables()}


def printed(paper: str, number: str) -> list[tuple[str, ...]]:
    """Network, protocol and printed results of the rows of a table."""
    (table,) = (each for each in published_tables() if (each.paper.key, each.number) == (paper, number))
    return [(row.network, row.protocol, row.top1, row.top5, row.ap50, row.ap) for row in table.rows]


def test_networks_that_the_papers_compare_with_stand_beside_their_own() -> None:
    """He et al. 2015, Table 4; He et al. 2016, Table 5 and the sentence on BN after the addition."""
    four = {network: (top1, top5) for network, _, top1, top5, *_ in printed("he2015", "4")}
    assert {name: four[name] for name in ("VGG (ILSVRC'14)", "VGG (v5)", "GoogLeNet (ILSVRC'14)")} == {
        "VGG (ILSVRC'14)": ("", "8.43"),
        "VGG (v5)": ("24.4", "7.1"),
        "GoogLeNet (ILSVRC'14)": ("", "7.89"),
    }
    assert (four["PReLU-net"], four["BN-inception"]) == (("21.59", "5.71"), ("21.99", "5.81"))
    assert ("Inception v3", "1-crop 299", "21.2", "5.6", "", "") in printed("he2016", "5")
    assert [row[2:4] for row in printed("he2016", "5 (text)")] == [("24.6", "7.5"), ("23.6", "7.1")]


def test_resnext_on_five_thousand_classes_and_in_detection() -> None:
    """Xie et al. 2017, Tables 6 and 8."""
    six = {(network, protocol): (top1, top5) for network, protocol, top1, top5, *_ in printed("resnext", "6")}
    assert len(six) == 8
    assert six["ResNeXt-101 (32x4d)", "1-crop 224, 5K-way"] == ("40.1", "15.1")
    assert six["ResNet-50 (1x64d)", "1-crop 224, 1K-way"] == ("27.1", "8.2")
    assert [row[4:] for row in printed("resnext", "8")] == [
        ("47.6", "26.5"),
        ("49.7", "27.5"),
        ("51.1", "29.8"),
        ("51.9", "30.0"),
    ]


def test_figures_that_are_less_than_they_seem_say_so() -> None:
    """One run among medians, weights of another unit, a reading of a curve."""
    rows = {(table.name, row.network): row for table, row in ROWS}
    assert rows["He et al. 2016, Table 4", "ResNet-1202 [He15]"].protocol == "single run"
    assert "fb.resnet.torch" in rows["Zagoruyko & Komodakis 2016, Table 8", "ResNet-50"].remark
    readings = [row for _, row in ROWS if row.protocol == "read off the figure"]
    assert len(readings) == 4
    assert all("a-martyn/resnet" in text for text in (PROTOCOLS["read off the figure"], *(r.remark for r in readings)))
