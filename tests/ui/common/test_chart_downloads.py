"""What the view of a chart's files is told: the light theme's inks, the chart's place, its words; and who uses it."""

import re
from pathlib import Path

import plotly.graph_objects as go

from explorer.outputs.palette import DARK, LIGHT
from explorer.ui.common import chart_downloads

ROOT = Path(__file__).parents[3]


def test_every_colour_of_the_dark_theme_has_one_of_the_light_theme() -> None:
    swap = chart_downloads.ink(DARK)["swap"]
    assert [swap[colour] for colour in DARK.chart] == list(LIGHT.chart)
    assert [swap[colour] for colour in DARK.sequential] == list(LIGHT.sequential)
    assert swap[DARK.text] == LIGHT.text
    assert swap[DARK.background] == LIGHT.background
    assert swap.keys() >= {*DARK.fills.values(), *DARK.skip_edges.values()}
    assert all(re.fullmatch("#[0-9A-F]{6}", colour) for pair in swap.items() for colour in pair)


def test_the_light_theme_keeps_its_colours() -> None:
    assert chart_downloads.ink(LIGHT) == {
        "swap": {},
        "font": chart_downloads.FONT,
        "text": LIGHT.text,
        "border": LIGHT.border,
        "background": LIGHT.background,
    }


def test_a_key_as_streamlit_writes_it_into_the_page() -> None:
    assert (
        chart_downloads.selector("compare.field.macs.imagenet-10-crop") == ".st-key-compare-field-macs-imagenet-10-crop"
    )


def test_words_for_a_chart_that_has_none() -> None:
    chart = go.Figure()
    chart.add_scatter(name="plain-20")
    chart.add_scatter(name="ResNet-20")
    assert chart_downloads.default_description(chart).endswith("plain-20, ResNet-20")
    chart.update_xaxes(title="step")
    chart.update_yaxes(title="loss")
    assert re.fullmatch(r"loss .* step: plain-20, ResNet-20", chart_downloads.default_description(chart))


def test_every_chart_of_the_app_has_its_files() -> None:
    drawn = [
        path.relative_to(ROOT).as_posix()
        for folder in ("explorer", "pages")
        for path in (ROOT / folder).rglob("*.py")
        if "plotly_chart(" in path.read_text()
    ]
    assert drawn == ["explorer/ui/common/chart_downloads.py"]
