"""The one table of colours: drawings, charts and the theme in `.streamlit/config.toml` are painted from it.

Every text colour keeps a contrast of 4.5 on what it stands on, every line and curve one of 3 (WCAG 2.2, 1.4.3 and
1.4.11), so that a projector in a lit room still shows them. The chart colours were chosen to stay apart for readers
with deuteranopia too. In drawings blue-green is the network's main path and warm colours belong to the skip
connections alone; so in charts a plain network, which has a main path only, is blue-green, and a residual one warm.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

SkipKind = Literal["identity", "projection", "padded", "gated"]
"""What a skip edge does to x: nothing, a projection, zero-padded channels, or a scale or gate."""

OpFamily = Literal["conv", "norm", "activation", "pool", "add", "linear", "attention", "shortcut"]
"""Groups of ops that share a fill; `shortcut` is any op that stands on the skip connection."""


@dataclass(frozen=True, eq=False)
class Palette:
    """The colours of one theme, as `#RRGGBB`."""

    name: Literal["light", "dark"]
    background: str
    surface: str
    """Cards, sidebar and widgets, one step from the background."""
    border: str
    text: str
    muted: str
    """Secondary text: captions, axis labels, shapes beside a node."""
    primary: str
    """Buttons and slider tracks; the labels on them are white in both themes."""
    accent: str
    """The same hue as text: links and highlighted words."""
    error: str
    """Words and marks that say what is wrong."""
    main_edge: str
    """The edges of the main path, through the residual branches."""
    skip_edges: Mapping[SkipKind, str]
    fills: Mapping[OpFamily, str]
    """A node's fill by its op's family; `text` is legible on every one of them."""
    chart: tuple[str, ...]
    """Ten colours for curves, in the order in which they are given out."""
    plain: tuple[str, ...]
    """The colour of a plain network in every chart, and its shades for further ones."""
    residual: tuple[str, ...]
    """The colour of a residual network in every chart, and its shades for further ones."""
    sequential: tuple[str, ...]
    """Ten steps from little to much."""
    diverging: tuple[str, ...]
    """Ten steps from below to above a midpoint."""


def _steps(values: str) -> tuple[str, ...]:
    """The colours of a scale, which is easier to compare with another where it stands on one line."""
    return tuple(values.split())


LIGHT = Palette(
    name="light",
    background="#FBFCFD",
    surface="#EDF2F5",
    border="#C5D1D9",
    text="#14232E",
    muted="#4C5D69",
    primary="#0B5F7A",
    accent="#0B5F7A",
    error="#B3261E",
    main_edge="#3D5566",
    skip_edges=MappingProxyType(
        {"identity": "#B84A06", "projection": "#B0215F", "padded": "#866000", "gated": "#6D3FB0"}
    ),
    fills=MappingProxyType(
        {
            "conv": "#CFE3F5",
            "norm": "#DCE4E9",
            "activation": "#D3EDD9",
            "pool": "#E3DBF5",
            "add": "#FBD9BC",
            "linear": "#C5ECE9",
            "attention": "#F8D5E3",
            "shortcut": "#F6E7B8",
        }
    ),
    chart=_steps("#0B6E8F #D1570A #401B99 #246304 #7E1A53 #87690E #7174E8 #9A4B55 #283B45 #319986"),
    plain=_steps("#0B6E8F #3A93B3 #03303F"),
    residual=_steps("#D1570A #7A2E02 #BF8410"),
    sequential=_steps("#E6F2F6 #CBE4EC #AED5E2 #8FC4D6 #6FB1C9 #4F9DB9 #3188A6 #187391 #0B5F7A #064559"),
    diverging=_steps("#7A2E02 #A84508 #D1681F #E79A62 #F3CDAE #B5D8E4 #7CB9CE #3F93B0 #0B6E8F #064559"),
)

DARK = Palette(
    name="dark",
    background="#0F1A23",
    surface="#1A2935",
    border="#3A4E5D",
    text="#E8EFF3",
    muted="#A3B5C2",
    primary="#1A7E9E",
    accent="#56BDD4",
    error="#FF8A80",
    main_edge="#8FA9BA",
    skip_edges=MappingProxyType(
        {"identity": "#FF9A4D", "projection": "#FF82B4", "padded": "#E6C34A", "gated": "#B79BFF"}
    ),
    fills=MappingProxyType(
        {
            "conv": "#1F4A70",
            "norm": "#35454F",
            "activation": "#22543B",
            "pool": "#45386F",
            "add": "#7D4110",
            "linear": "#0F5654",
            "attention": "#6B2C4B",
            "shortcut": "#5C4B10",
        }
    ),
    chart=_steps("#56BDD4 #FF9A4D #8F62DD #459653 #D2839B #E1D084 #8296FB #E34D14 #728492 #64FFD8"),
    plain=_steps("#56BDD4 #2A86A3 #C4EEF7"),
    residual=_steps("#FF9A4D #C8661E #FFD9B8"),
    sequential=_steps("#13303D #174252 #1B5468 #20677E #277B95 #3490AB #46A6C0 #62BBD2 #8BD0E1 #BCE5EF"),
    diverging=_steps("#FFB37A #F08A3E #C9671F #93490F #5C3010 #174252 #1F637A #2F88A3 #56B1CB #94D6E6"),
)

PALETTES: Mapping[str, Palette] = MappingProxyType({palette.name: palette for palette in (LIGHT, DARK)})


def network_colours(theme: Palette, plain: Sequence[bool]) -> list[str]:
    """A colour for each network of a chart, by whether it is plain.

    The first of each kind has its kind's colour. Where both kinds are there, further ones have its shades, as long as
    those last; else further ones have the other colours of charts.
    """
    shades = {True: theme.plain, False: theme.residual}
    counts = {kind: list(plain).count(kind) for kind in shades}
    shaded = all(0 < counts[kind] <= len(shades[kind]) for kind in shades)
    others = [colour for colour in theme.chart if colour not in {theme.plain[0], theme.residual[0]}]
    colours: list[str] = []
    seen = dict.fromkeys(shades, 0)
    rest = 0
    for kind in plain:
        if shaded or not seen[kind]:
            colours.append(shades[kind][seen[kind]])
        else:
            colours.append(others[rest % len(others)])
            rest += 1
        seen[kind] += 1
    return colours
