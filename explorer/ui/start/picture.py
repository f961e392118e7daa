"""The moving picture of y = F(x) + x: a real block's tensors on their way through branch and shortcut.

The drawing is whole without any motion. `assets/views/residual.css` moves copies of the tensors along its lines.
"""

from explorer.language import _
from explorer.outputs.drawing.svg_writer import Attribute, element, picture, text
from explorer.outputs.palette import Palette
from explorer.ui.start.example import BlockExample, Map

CELL = 14.0
SIDE = 8 * CELL
MIDDLE, OVER = 168.0, 40.0
"""Heights of the line through the branch and of the shortcut above it."""
X_LEFT, FORK, BRANCH_LEFT, BRANCH_WIDTH, F_LEFT, PLUS, Y_LEFT = 8.0, 146.0, 184.0, 118.0, 342.0, 500.0, 560.0
"""Where the parts stand, from left to right. The style sheet's ways are between these."""
BOX = (0.0, 0.0, Y_LEFT + SIDE + 8, 262.0)
NOTHING = 0.04
"""The share of the largest value below which a value has no colour."""
WORDS = 15.0


def residual_svg(example: BlockExample, palette: Palette) -> str:
    """The picture as SVG, with classes for what moves: `on-shortcut`, `on-branch`, `change`, `sum`."""
    maps = {"x": example.x, "change": example.residual, "sum": example.sum}
    reach = max(abs(value) for rows in maps.values() for row in rows for value in row)
    tiles = {name: _tiles(rows, reach, palette) for name, rows in maps.items()}
    return picture(
        "y = F(x) + x",
        description(example),
        BOX,
        *_lines(palette),
        _map(tiles["x"], X_LEFT, palette, "x", _("x comes in")),
        _map(tiles["change"], F_LEFT, palette, "change", _("F(x), the change")),
        _map(tiles["sum"], Y_LEFT, palette, "sum", "y = F(x) + x"),
        _traveller(tiles["x"], (FORK + PLUS) / 2, OVER, palette, "on-shortcut"),
        _traveller(tiles["x"], FORK, MIDDLE, palette, "on-branch"),
        _traveller(tiles["change"], F_LEFT + SIDE / 2, MIDDLE, palette, "change-leaves"),
        _traveller(tiles["sum"], PLUS, MIDDLE, palette, "sum-leaves"),
        font_size=WORDS,
    )


def description(example: BlockExample) -> str:
    """The picture in words, with the values of one pixel."""
    row, column = max(
        ((row, column) for row in range(8) for column in range(8)), key=lambda at: abs(example.sum[at[0]][at[1]])
    )
    x, change, total = (rows[row][column] for rows in (example.x, example.residual, example.sum))
    return _(
        "A block of a residual network. Its input x goes two ways: unchanged along the shortcut, and through two "
        "layers, which compute a change F(x). Both are added: y = F(x) + x. At one pixel {change} + {x} = {total}."
    ).format(change=f"{change:g}", x=f"{x:g}", total=f"{total:g}")


def _tiles(rows: Map, reach: float, palette: Palette) -> str:
    """A channel as squares around (0, 0), blue above zero and orange below."""
    return "".join(
        element(
            "rect",
            x=column * CELL - SIDE / 2,
            y=row * CELL - SIDE / 2,
            width=CELL,
            height=CELL,
            fill=_colour(value / reach, palette),
        )
        for row, values in enumerate(rows)
        for column, value in enumerate(values)
    )


def _colour(share: float, palette: Palette) -> str:
    """The colour of a value as a share of the largest, from -1 to 1."""
    if abs(share) < NOTHING:
        return palette.surface
    half = len(palette.diverging) // 2
    strength = min(half - 1, int(abs(share) ** 0.6 * half))
    return palette.diverging[half + strength if share > 0 else half - 1 - strength]


def _framed(tiles: str, palette: Palette) -> str:
    frame = element(
        "rect", x=-SIDE / 2, y=-SIDE / 2, width=SIDE, height=SIDE, fill="none", stroke=palette.muted, stroke_width=1.5
    )
    return element("g", tiles, shape_rendering="crispEdges") + frame


def _map(tiles: str, left: float, palette: Palette, name: str, words: str) -> str:
    """A channel in its place, with its words below."""
    middle = left + SIDE / 2
    placed = element("g", _framed(tiles, palette), transform=f"translate({middle} {MIDDLE})", class_=f"map {name}")
    return placed + text(words, middle, MIDDLE + SIDE / 2 + 24, WORDS, palette.text, text_anchor="middle")


def _traveller(tiles: str, x: float, y: float, palette: Palette, name: str) -> str:
    """A small copy that moves; at rest it stands at (x, y)."""
    copy = element("g", _framed(tiles, palette), transform="scale(0.42)")
    return element("g", element("g", copy, class_=f"traveller {name}"), transform=f"translate({x} {y})")


def _lines(palette: Palette) -> tuple[str, ...]:
    """Branch, shortcut and sum, and their words."""
    skip, main = palette.skip_edges["identity"], palette.main_edge
    line: dict[str, Attribute] = {"fill": "none", "stroke": main, "stroke_width": 2.5}
    over: dict[str, Attribute] = {"fill": "none", "stroke": skip, "stroke_width": 3.5}
    words: dict[str, Attribute] = {"text_anchor": "middle"}
    way = f"M{FORK} {MIDDLE} V{OVER + 18} Q{FORK} {OVER} {FORK + 18} {OVER}"
    way += f" H{PLUS - 18} Q{PLUS} {OVER} {PLUS} {OVER + 18} V{MIDDLE - 15}"
    top, middle = MIDDLE - 34, BRANCH_LEFT + BRANCH_WIDTH / 2
    return (
        element("path", d=f"M{X_LEFT + SIDE} {MIDDLE} H{F_LEFT} M{F_LEFT + SIDE} {MIDDLE} H{Y_LEFT}", **line),
        element("path", d=way, **over),
        text(
            _("the shortcut: x, unchanged"),
            (FORK + PLUS) / 2,
            OVER + 46,
            WORDS,
            skip,
            text_anchor="middle",
            font_weight="600",
        ),
        element(
            "rect",
            x=BRANCH_LEFT,
            y=top,
            width=BRANCH_WIDTH,
            height=68.0,
            rx=8.0,
            fill=palette.fills["conv"],
            stroke=main,
            stroke_width=1.5,
        ),
        text(_("two"), middle, MIDDLE - 4, WORDS, palette.text, **words),
        text(_("layers"), middle, MIDDLE + 15, WORDS, palette.text, **words),
        element("circle", cx=PLUS, cy=MIDDLE, r=15.0, fill=palette.fills["add"], stroke=main, stroke_width=2.0),
        element(
            "path",
            d=f"M{PLUS - 8} {MIDDLE} h16 M{PLUS} {MIDDLE - 8} v16",
            fill="none",
            stroke=palette.text,
            stroke_width=2.5,
        ),
    )
