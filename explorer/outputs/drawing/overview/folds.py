"""Runs of equal blocks in the overview: dots for what is folded, a bracket with the count, numbers when opened.

What folds and opens a run carries `data-fold` with its stage's name; the arrowheads that show so are hidden in a
static picture, and shown by the page where a click opens runs.
"""

from collections.abc import Iterator

from explorer.language import N_, _, ngettext
from explorer.outputs import formatting
from explorer.outputs.drawing import svg_writer as svg
from explorer.outputs.drawing.overview.layout import ARCH_LIFT, AXIS, NAME_SIZE, Box, RunPlace, text_width
from explorer.outputs.palette import Palette

NUMBER_SIZE = 9.5
LONG = 600.0
"""From this width on a run can be folded again at both of its ends."""
HANDLE = 13.0
"""Room beside the count for an arrowhead."""

EQUAL_BLOCKS = {
    False: N_("{count} equal blocks of {stage}, folded: open them in place"),
    True: N_("{count} equal blocks of {stage}, opened: fold them"),
}
"""The explanation of a run of blocks, by whether it is opened; it has two blocks or more."""


def dots(place: Box, after: Box, theme: Palette, radius: float) -> Iterator[str]:
    """Three dots on the main path, and on the skip connections, for the blocks between two boxes."""
    start, end = place.arrives + radius + 1, after.leaves - 2.5
    skip = place.glyph.skip
    yield svg.element("rect", x=start, y=AXIS - 2, width=end - start, height=4, fill=theme.background)
    tooltip = ngettext(
        "{count} block more, equal to their neighbours",
        "{count} blocks more, equal to their neighbours",
        place.glyph.hidden,
    ).format(count=formatting.whole(place.glyph.hidden))
    xs = [start + quarter * (end - start) / 4 for quarter in (1, 2, 3)]
    count, stage = str(place.glyph.hidden), place.glyph.stage
    on_the_way = [svg.element("circle", cx=x, cy=AXIS, r=1.9, fill=theme.main_edge) for x in xs]
    yield svg.element("g", svg.title(tooltip), *on_the_way, class_="fold", data_count=count, data_stage=stage)
    if skip:
        y, colour = place.top - ARCH_LIFT, skip.colour(theme)
        above = [svg.element("circle", cx=x, cy=y, r=1.9, fill=colour) for x in xs]
        yield svg.element("g", svg.title(tooltip), *above, class_=f"{skip.css} folded", data_stage=stage)


def labels(run: RunPlace, theme: Palette) -> Iterator[str]:
    """`× 199` and a bracket over a run that is folded, or was opened; under the blocks of an opened one, numbers."""
    if not run.has_bracket:
        return
    first, last = run.boxes[0], run.boxes[-1]
    left, right, y = first.leaves - 1, last.arrives + 1, first.top - ARCH_LIFT - 14
    bracket = f"M{svg.number(left)},{svg.number(y + 3)}v-5H{svg.number(right)}v5"
    yield svg.element("path", d=bracket, fill="none", stroke=theme.muted, stroke_width=1.2)
    count = f"{formatting.TIMES} {formatting.whole(run.blocks)}"
    half = text_width(count, NAME_SIZE) / 2 + 7 + HANDLE
    if not run.opened:
        yield _count(run, count, (left + right) / 2, y, theme)
        return
    yield _count(run, count, left + half, y, theme)
    if right - left > LONG:
        yield _count(run, count, right - half, y, theme)
    yield from _numbers(run, theme)


def _count(run: RunPlace, count: str, middle: float, y: float, theme: Palette) -> str:
    """The count in a frame: what a page listens to."""
    half = text_width(count, NAME_SIZE) / 2 + 7
    glyph = run.boxes[0].glyph
    tooltip = _(EQUAL_BLOCKS[run.opened]).format(count=formatting.whole(run.blocks), stage=glyph.stage)
    pill = {"x": middle - half, "y": y - 13, "width": 2 * half, "height": 21, "rx": 10.5}
    wide = {"x": middle - half - HANDLE, "y": y - 13, "width": 2 * (half + HANDLE), "height": 21, "rx": 10.5}
    look = {"fill": theme.surface, "stroke": theme.border}
    return svg.element(
        "g",
        svg.title(tooltip),
        svg.element("rect", **pill, **look, class_="still"),
        svg.element("rect", **wide, **look, class_="handle", display="none"),
        svg.text(count, middle, y + 2.5, NAME_SIZE, theme.text, text_anchor="middle", font_weight="600"),
        *(_arrowhead(middle, half, y, side, run.opened, theme) for side in (-1, 1)),
        class_="unfolded" if run.opened else "fold",
        data_stage=glyph.stage,
        data_fold=glyph.stage,
        data_first=glyph.path,
    )


def _arrowhead(middle: float, half: float, y: float, side: int, inwards: bool, theme: Palette) -> str:
    """Beside the count: outwards where a click opens the run, inwards where it folds it."""
    tip, back = (half - 2, half + 5) if inwards else (half + 5, half - 2)
    corners = ((middle + side * back, y - 7), (middle + side * back, y + 2), (middle + side * tip, y - 2.5))
    return svg.element("polygon", points=svg.points(*corners), fill=theme.accent, class_="handle", display="none")


def _numbers(run: RunPlace, theme: Palette) -> Iterator[str]:
    """The blocks' places in their stage, as many as can be read side by side."""
    pitch = run.boxes[1].x - run.boxes[0].x
    widest = text_width(run.boxes[-1].glyph.path.rpartition(".")[2], NUMBER_SIZE) + 5
    step = next(each for each in (1, 2, 5, 10, 20, 50) if each * pitch >= widest)
    for box in run.boxes:
        number = box.glyph.path.rpartition(".")[2]
        if int(number) % step == 0:
            x, y = box.x + box.width / 2, AXIS + box.height / 2 + 12
            yield svg.text(number, x, y, NUMBER_SIZE, theme.muted, text_anchor="middle")
