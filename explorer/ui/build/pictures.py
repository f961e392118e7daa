"""The network drawn: the overview, and graphs at every level of detail."""

from functools import partial

import streamlit as st

from explorer.analysis.network import Analysis
from explorer.language import N_, _
from explorer.language.present import kept_by_language
from explorer.model import Graph
from explorer.model.controls import CONTROLS
from explorer.outputs import formatting
from explorer.outputs.drawing.dot import DrawingError, block_dot, dot_source, find_block, folded
from explorer.outputs.drawing.overview.colouring import Colouring
from explorer.outputs.drawing.overview.picture import overview_svg, summary
from explorer.outputs.palette import PALETTES, Palette
from explorer.ui.build import colours as picture_colours
from explorer.ui.build.draft import Network
from explorer.ui.common import components, picture_downloads
from explorer.ui.common import theme as palette
from explorer.ui.common.graphviz import draw_graph, laid_out
from explorer.ui.common.lesson_step import is_locked
from explorer.ui.common.remembered_widgets import VIEW, buttons, forget, left, menu, put

GRAPH_HEIGHT, BLOCK_HEIGHT = 640, 1_100
"""The most pixels of a graph of the network, and of one of a block, which is to be seen whole."""
LEVEL, BLOCK = "graph.level", "graph.block"
LEVEL_LABELS = {"one": N_("One block"), "stage": N_("Stages"), "block": N_("Blocks"), "op": N_("All ops")}
OVERVIEW_HEIGHT = 470
OPENED = ".st-key-views-rows"
"""The CSS selector of what a click on a block opens."""
UNFOLDED = "overview.opened"
"""Names of the stages whose folded runs are drawn block by block."""


def overview(network: Network) -> Colouring | None:
    """The whole network to scale of its feature maps; a click on a block opens it, one on a count unfolds its run.

    Gives what it is coloured by.
    """
    graph = network.graph
    colours = picture_colours.chosen(network)
    components.drawing(
        _drawn(network, colours, palette.current()),
        f"{summary(graph)} {colours.summary if colours else ''}".strip(),
        key="overview",
        height=OVERVIEW_HEIGHT,
        smallest=components.READABLE_WORDS,
        on_chosen=lambda path: _open_block(graph, path),
        on_folded=_fold_or_unfold,
        keeps=True,
        lifts=OPENED,
    )
    return colours


def overview_tools(network: Network, colours: Colouring | None, file_name: str) -> None:
    """The menu of what the overview is coloured by, and its files."""
    with st.container(horizontal=True, vertical_alignment="center", key="overview.tools"):
        picture_colours.colour_menu()
        with st.container(horizontal=True, horizontal_alignment="right"):
            on_paper = partial(_drawn, network, colours, PALETTES["light"])
            picture_downloads.drawing_menu(on_paper, f"{file_name}-overview", key="overview")
    picture_colours.hint(network, colours)


def _drawn(network: Network, colours: Colouring | None, theme: Palette) -> str:
    """The overview as SVG, as far as it is unfolded."""
    unfolded = st.session_state.get(UNFOLDED, frozenset())
    draw = _uncoloured if colours is None else _overview_svg
    return draw(network, colours, theme, unfolded)


def _overview_svg(network: Network, colours: Colouring | None, theme: Palette, unfolded: frozenset[str]) -> str:
    return overview_svg(network.graph, theme, colour_by=colours, opened=unfolded, failure=picture_failure(network))


_uncoloured = kept_by_language(maxsize=16)(_overview_svg)
"""Kept for the next visitor with the same network; a colouring may be of times measured since."""


def picture_failure(network: Network) -> str:
    """What is written where the network ends early: the control at fault, and why; empty for a whole network."""
    if network.error is None or not network.partial:
        return ""
    field = network.error.field
    return f"{_(CONTROLS[field].label) if field in CONTROLS else field}: {network.error.message}"


def _fold_or_unfold(stage: str) -> None:
    st.session_state[UNFOLDED] = st.session_state.get(UNFOLDED, frozenset()) ^ {stage}


def _open_block(graph: Graph, path: str) -> None:
    """Shows the block that was clicked, or the first of the equal ones it stands among."""
    found = run_of(graph, path)
    if found is not None and not is_locked("opened", "graph", "tab"):
        put(BLOCK, found[0])
        put(LEVEL, "one")
        put(VIEW, "Graph")


def run_of(graph: Graph, path: str) -> tuple[str, int] | None:
    """The first of the equal blocks in a row that the block at `path` stands among, and how many there are."""
    for stage in graph.stages:
        position = 0
        for placed, count in folded(stage):
            if path in {each.path or stage.name for each in stage.blocks[position : position + count]}:
                return placed.path or stage.name, count
            position += count
    return None


def block_choices(graph: Graph) -> dict[str, str]:
    """Every block that looks different from the one before, by path, with how often it stands there."""
    choices = {}
    for stage in graph.stages:
        for placed, count in folded(stage):
            path = placed.path or stage.name
            times = f" {formatting.TIMES} {count}" if count > 1 else ""
            choices[path] = _("{path}: {kind}, shortcut {shortcut}").format(
                path=f"{path}{times}", kind=_(placed.block.kind), shortcut=_(placed.block.shortcut)
            )
    return choices


def graph_panel(network: Network, found: Analysis, file_name: str) -> None:
    """A graph op by op of one block, beside its numbers, or of the network at a level of detail."""
    graph, theme = network.graph, palette.current()
    with st.container(horizontal=True, vertical_alignment="bottom", key="graph.tools"):
        labels = {key: _(label) for key, label in LEVEL_LABELS.items()}
        level = buttons(LEVEL, _("Graph of"), labels, "one", sets=("graph",))
        path = _block_picker(graph) if level == "one" else None
        tools = st.container(horizontal=True, width="content")
    try:
        source = source_of(graph, level, path, theme)
        laid_out(source)  # raises here what it cannot draw; the layout is kept
    except DrawingError as error:
        st.info(str(error).partition(": ")[2] or str(error), icon=":material/zoom_out:")
        return
    with tools:
        on_paper = partial(source_of, graph, level, path, PALETTES["light"])
        picture_downloads.graph_menu(on_paper, f"{file_name}-{path or level}", key="graph")
    if path is None:
        _graph(source, _("The network's graph: {level}.").format(level=labels[level].lower()), GRAPH_HEIGHT)
    else:
        _opened_block(found, path, source)


def _opened_block(found: Analysis, path: str, source: str) -> None:
    """One block: its graph, its equations, its rows of the table, and its counts as products."""
    # Tables bring pandas: the overview, which goes out first, does without.
    from explorer.ui.build import block_formulas, tables

    block = find_block(found.graph, path).block
    with st.container(key="block.opened"):
        block_formulas.equations_panel(block)
        graph_side, rows_side = st.columns([13, 21])
    with graph_side:
        _graph(source, _("The graph of {path}, op by op.").format(path=path), BLOCK_HEIGHT)
    with rows_side:
        tables.block_table(found, path)
    block_formulas.counts_panel(block, path, (run_of(found.graph, path) or (path, 1))[1])


def _graph(source: str, description: str, height: int) -> None:
    draw_graph(source, description, key="graph", height=height)


def source_of(graph: Graph, level: str, path: str | None, theme: Palette) -> str:
    """The DOT text of a block, or of the network at a level. Raises DrawingError."""
    return _block_source(find_block(graph, path), theme) if path else dot_source(graph, level, theme)


_block_source = kept_by_language(maxsize=64)(block_dot)
"""Kept for equal blocks, which an opened block mostly is while a slider is moved."""


def _block_picker(graph: Graph) -> str:
    """The block to open: at first one whose shortcut is the identity, which shows y = F(x) + x, where there is one."""
    choices = block_choices(graph)
    blocks = [placed for _stage, placed in graph.placed_blocks() if placed.path in choices]
    if left(BLOCK, None) not in choices:
        forget(BLOCK)
    identities = [placed.path for placed in blocks if placed.block.shortcut == "identity"]
    return menu(
        BLOCK,
        _("Block"),
        choices,
        next(iter([*identities, *(placed.path for placed in blocks), *choices])),
        width=380,
        sets=("opened",),
        help=_(
            "Opens it: its graph op by op, its equations with the shapes filled in, its rows of the table, and its"
            " counts as the products that they are. Choosing the block in the picture does the same."
        ),
    )
