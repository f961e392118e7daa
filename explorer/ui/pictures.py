"""The network drawn: the overview, and graphs at every level of detail."""

import shutil
from functools import lru_cache

import streamlit as st

from explorer.model import Graph
from explorer.outputs import formatting
from explorer.outputs.analysis import Analysis
from explorer.outputs.drawing import DrawingError, block_dot, dot_source, find_block, render
from explorer.outputs.drawing.colouring import METRICS
from explorer.outputs.drawing.dot import folded
from explorer.outputs.drawing.overview import overview_svg, summary
from explorer.outputs.palette import PALETTES, Palette
from explorer.ui import palette, tables, views
from explorer.ui.draft import Network

GRAPH_HEIGHT = 640
READABLE = 0.7
"""The least scale at which a graph's text can be read."""
LEVEL, BLOCK = "graph.level", "graph.block"
LEVEL_LABELS = {"one": "One block", "stage": "Stages", "block": "Blocks", "op": "All ops"}
OVERVIEW_HEIGHT = 430
PLAIN = "plain"
COLOUR_LABELS = {PLAIN: "kind of layer"} | {name: metric.label for name, metric in METRICS.items()}


@lru_cache(maxsize=64)
def laid_out(source: str) -> str | None:
    """The DOT text as SVG by the `dot` program; None where it is not installed."""
    if shutil.which("dot") is None:
        return None
    return render(source, "svg").decode()


def overview(network: Network, file_name: str) -> None:
    """The whole network to scale of its feature maps; a click on a block opens its graph."""
    graph, theme = network.graph, palette.current()
    with st.container(horizontal=True, vertical_alignment="center", key="overview.tools"):
        colour = st.selectbox(
            "Colour by",
            list(COLOUR_LABELS),
            format_func=lambda name: f"Colour: {COLOUR_LABELS[name]}",
            key="overview.colour",
            label_visibility="collapsed",
            width=340,
        )
        place = st.container(horizontal=True, horizontal_alignment="right")
    colour_by = colour if colour in METRICS else None
    failure = network.error.message if network.partial and network.error else ""
    svg = overview_svg(graph, theme, colour_by, failure=failure)
    place.download_button(
        "Picture (SVG)",
        lambda: overview_svg(graph, PALETTES["light"], colour_by, failure=failure),
        f"{file_name}-overview.svg",
        "image/svg+xml",
        key="overview.svg",
        icon=":material/download:",
        on_click="ignore",
    )
    views.drawing(
        svg,
        summary(graph),
        key="overview",
        height=OVERVIEW_HEIGHT,
        on_chosen=lambda path: _open_block(graph, path),
    )


def _open_block(graph: Graph, path: str) -> None:
    """Shows the graph of the block that was clicked, or of the first of the equal ones it stands among."""
    for stage in graph.stages:
        position = 0
        for placed, count in folded(stage):
            if path in {each.path or stage.name for each in stage.blocks[position : position + count]}:
                st.session_state[BLOCK] = placed.path or stage.name
                st.session_state[LEVEL] = "one"
                st.session_state["tables"] = "Graph"
            position += count


def block_choices(graph: Graph) -> dict[str, str]:
    """Every block that looks different from the one before, by path, with how often it stands there."""
    choices = {}
    for stage in graph.stages:
        for placed, count in folded(stage):
            path = placed.path or stage.name
            times = f" {formatting.TIMES} {count}" if count > 1 else ""
            choices[path] = f"{path}{times}: {placed.block.kind}, shortcut {placed.block.shortcut}"
    return choices


def graph_panel(network: Network, found: Analysis, file_name: str) -> None:
    """A graph op by op of one block, beside its numbers, or of the network at a level of detail."""
    graph, theme = network.graph, palette.current()
    with st.container(horizontal=True, vertical_alignment="bottom", key="graph.tools"):
        level = st.segmented_control(
            "Graph of",
            list(LEVEL_LABELS),
            format_func=LEVEL_LABELS.__getitem__,
            default="one",
            required=True,
            key=LEVEL,
        )
        path = _block_picker(graph) if level == "one" else None
        tools = st.container(horizontal=True, width="content")
    try:
        source = source_of(graph, level, path, theme)
        svg = laid_out(source)
    except DrawingError as error:
        st.info(str(error).partition(": ")[2] or str(error), icon=":material/zoom_out:")
        return
    _downloads(tools, source_of(graph, level, path, PALETTES["light"]), f"{file_name}-{path or level}")
    if path is None:
        _graph(source, svg, f"The network's graph: {LEVEL_LABELS[level].lower()}.")
        return
    left, right = st.columns([1, 1])
    with left:
        _graph(source, svg, f"The graph of {path}, op by op.")
    with right:
        tables.block_table(found, path)


def _graph(source: str, svg: str | None, description: str) -> None:
    if svg is None:
        st.graphviz_chart(source, width="stretch")
        st.caption("Drawn in the browser, without zoom and SVG: Graphviz's `dot` is not installed on the server.")
    else:
        views.drawing(svg, description, key="graph", height=GRAPH_HEIGHT, smallest=READABLE)


def source_of(graph: Graph, level: str, path: str | None, theme: Palette) -> str:
    """The DOT text of a block, or of the network at a level. Raises DrawingError."""
    return block_dot(find_block(graph, path), theme) if path else dot_source(graph, level, theme)


def _block_picker(graph: Graph) -> str:
    choices = block_choices(graph)
    if st.session_state.get(BLOCK) not in choices:
        # The first block of a residual stage, where there is one: it has the most to show.
        st.session_state[BLOCK] = next((path for path in choices if "." in path), next(iter(choices)))
    return st.selectbox("Block", list(choices), format_func=choices.__getitem__, key=BLOCK, width=380)


def _downloads(place: "st.delta_generator.DeltaGenerator", source: str, name: str) -> None:
    """The graph as files, on a light ground as paper has it."""
    place.download_button(
        "DOT", source, f"{name}.dot", "text/vnd.graphviz", key="dot", icon=":material/download:", on_click="ignore"
    )
    if shutil.which("dot"):
        place.download_button(
            "SVG",
            lambda: render(source, "svg"),
            f"{name}.svg",
            "image/svg+xml",
            key="svg",
            icon=":material/download:",
            on_click="ignore",
        )
