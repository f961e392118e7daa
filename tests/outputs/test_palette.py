"""The table of colours: legible by WCAG's own formula, and the same in the app's theme."""

import itertools
import re
import tomllib
from pathlib import Path

import pytest

from explorer.outputs.palette import PALETTES, Palette, network_colours

ROOT = Path(__file__).parents[2]
WHITE = "#FFFFFF"
TEXT_CONTRAST = 4.5
LINE_CONTRAST = 3.0

palettes = pytest.mark.parametrize("palette", PALETTES.values(), ids=PALETTES)


def luminance(colour: str) -> float:
    """Relative luminance of `#RRGGBB` (WCAG 2.2, glossary)."""
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def colours(palette: Palette) -> list[str]:
    plain = [
        palette.background,
        palette.surface,
        palette.border,
        palette.text,
        palette.muted,
        palette.primary,
        palette.accent,
        palette.error,
        palette.main_edge,
    ]
    tables = (palette.skip_edges.values(), palette.fills.values())
    kinds = (*palette.plain, *palette.residual)
    return [*plain, *itertools.chain(*tables), *kinds, *palette.chart, *palette.sequential, *palette.diverging]


def test_contrast_of_black_on_white_is_the_formulas_maximum():
    assert contrast("#000000", WHITE) == pytest.approx(21)


@palettes
def test_every_colour_is_written_as_six_digits(palette: Palette):
    assert [colour for colour in colours(palette) if not re.fullmatch("#[0-9A-F]{6}", colour)] == []


@palettes
@pytest.mark.parametrize("ink", ["text", "muted", "accent", "error"])
@pytest.mark.parametrize("ground", ["background", "surface"])
def test_text_is_legible(palette: Palette, ink: str, ground: str):
    assert contrast(getattr(palette, ink), getattr(palette, ground)) >= TEXT_CONTRAST


@palettes
def test_text_is_legible_on_every_fill(palette: Palette):
    illegible = [family for family, fill in palette.fills.items() if contrast(palette.text, fill) < TEXT_CONTRAST]
    assert illegible == []


@palettes
def test_white_labels_are_legible_on_buttons(palette: Palette):
    assert contrast(WHITE, palette.primary) >= TEXT_CONTRAST
    assert contrast(palette.primary, palette.surface) >= LINE_CONTRAST


@palettes
def test_lines_stand_out_from_what_they_cross(palette: Palette):
    kinds = (*palette.plain, *palette.residual)
    lines = [palette.main_edge, *palette.skip_edges.values(), *kinds, *palette.chart]
    faint = [line for line in lines if contrast(line, palette.background) < LINE_CONTRAST]
    assert faint == []


@palettes
def test_skip_edges_differ_from_each_other_and_from_the_main_way(palette: Palette):
    edges = [palette.main_edge, *palette.skip_edges.values()]
    assert len(set(edges)) == len(edges)


@palettes
def test_scales_have_ten_steps_as_the_browser_expects(palette: Palette):
    for scale in (palette.chart, palette.sequential, palette.diverging):
        assert len(set(scale)) == 10


@palettes
def test_sequential_scale_grows_away_from_the_background(palette: Palette):
    ratios = [contrast(step, palette.background) for step in palette.sequential]
    assert ratios == sorted(ratios)


@palettes
def test_config_agrees_with_the_table(palette: Palette):
    theme = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())["theme"][palette.name]
    expected = {
        "primaryColor": palette.primary,
        "backgroundColor": palette.background,
        "secondaryBackgroundColor": palette.surface,
        "textColor": palette.text,
        "linkColor": palette.accent,
        "borderColor": palette.border,
        "dataframeHeaderTextColor": palette.muted,
        "redTextColor": palette.error,
        "orangeTextColor": palette.skip_edges["identity"],
        "chartCategoricalColors": list(palette.chart),
        "chartSequentialColors": list(palette.sequential),
        "chartDivergingColors": list(palette.diverging),
    }
    assert {key: theme[key] for key in expected} == expected
    assert theme["sidebar"]["backgroundColor"] == palette.surface


@palettes
def test_plain_and_residual_networks_have_one_colour_each_in_every_chart(palette: Palette):
    plain, residual = palette.plain[0], palette.residual[0]
    assert network_colours(palette, [True, False]) == [plain, residual]
    assert network_colours(palette, [False, True]) == [residual, plain]
    assert network_colours(palette, [False]) == [residual]
    four = network_colours(palette, [True, True, False, False])
    assert four == [*palette.plain[:2], *palette.residual[:2]]


@palettes
@pytest.mark.parametrize("plain", [[False] * 6, [True] * 6, [False] * 5 + [True], [True] * 3 + [False] * 3])
def test_every_network_of_a_chart_has_a_colour_of_its_own(palette: Palette, plain: list[bool]):
    colours = network_colours(palette, plain)
    assert len(set(colours)) == len(plain)
    for kind, own, other in ((True, palette.plain, palette.residual), (False, palette.residual, palette.plain)):
        mine = [colour for colour, each in zip(colours, plain, strict=True) if each is kind]
        assert mine[:1] == list(own[:1])[: len(mine)]
        assert not set(mine) & set(other)


@palettes
def test_shades_of_a_kind_differ_in_lightness(palette: Palette):
    for shades in (palette.plain, palette.residual):
        pairs = itertools.combinations(shades, 2)
        assert all(contrast(one, other) >= 1.25 for one, other in pairs)
