"""How Build is looked at, in the address beside the network: views, what is opened, colours, columns, settings."""

import re
from collections.abc import Collection, Mapping, Sequence

from explorer.language import N_, _
from explorer.model import Graph
from explorer.model.controls import CONTROLS
from explorer.outputs.tables.network_tables import KINDS
from explorer.ui.build import colours, pictures
from explorer.ui.common.address import AddressField, PageAddress, Problem, Query
from explorer.ui.common.address_types import CheckedText, OneOf, SomeOf
from explorer.ui.common.remembered_widgets import VIEW, forget, left, put

BETWEEN = "."
"""Between the members of a list."""
BLOCK_PATH = re.compile(r"[a-z]+\d{0,3}(\.\d{1,4})?")


VIEW_GROUPS: Mapping[str, tuple[str, ...]] = {
    N_("Picture"): (N_("Graph"), N_("Paths")),
    N_("Numbers"): (N_("Stages"), N_("Blocks"), N_("Layers"), N_("Memory"), N_("Timing")),
    N_("Proof"): (N_("Proof"), N_("Conventions")),
    N_("From a file"): (N_("File"),),
    N_("Take away"): (N_("Code"), N_("Weights"), "JSON"),
}
"""The views below the picture, in groups."""
TAB = ("tab",)
"""The name of the address that the choice of a view sets."""
VIEWS = tuple(view for views in VIEW_GROUPS.values() for view in views)
GROUPS: dict[str, list[str]] = {}
"""The fields of each group of controls, in the order of their declarations."""
for _name, _declared in CONTROLS.items():
    GROUPS.setdefault(_declared.group, []).append(_name)
UNFOLDED_AT_FIRST = list(GROUPS)[:1]
"""Only one group: each control that is drawn makes every move slower."""


LENGTHS: Mapping[str, str] = {"branches": N_("residual branches"), "layers": N_("layers with weights")}
"""What the length of a path counts, with the label."""


def _options(setting: str) -> Collection[str]:
    # A module that a first page can do without is loaded when an address names its values.
    from explorer.ui.measuring.panel import SETTINGS

    return SETTINGS[setting].options


def _setting(name: str, default: str) -> AddressField:
    options = OneOf(lambda: _options(name))
    return AddressField(name, name.capitalize(), options, default, "Timing, Memory: a setting of the measurement.")


THREADS = CheckedText(lambda text: text in _options("threads"), N_("a number of threads that the machine has"))


def _columns(kind: str) -> AddressField:
    columns = SomeOf(lambda: list(KINDS[kind].columns)[1:], BETWEEN)
    default = list(KINDS[kind].on_page[1:])
    return AddressField(f"{kind}.columns", f"Columns of {kind}", columns, default, "The table's columns.")


def _is_path(text: str) -> bool:
    """Whether the text may be a block's path in some network; the picker checks whether this one has it."""
    return text == "" or BLOCK_PATH.fullmatch(text) is not None


PATH = CheckedText(_is_path, N_("a block's path, such as `layer2.3`"))
ADDRESS = PageAddress(
    "",
    (
        AddressField("tab", N_("View"), OneOf(lambda: VIEWS), "Graph", "The open view."),
        AddressField("colour", N_("Colour by"), OneOf(lambda: colours.LABELS), "plain", "The overview's colours."),
        AddressField("graph", "Detail", OneOf(lambda: pictures.LEVEL_LABELS), "one", "Graph: the level of detail."),
        AddressField("opened", "Block", PATH, "", "Graph: the block that is drawn."),
        *(_columns(kind) for kind in ("stages", "blocks", "layers")),
        _setting("batch", "1"),
        _setting("precision", "fp32"),
        _setting("optimiser", "momentum"),
        _setting("device", "auto"),
        AddressField("threads", N_("Threads"), THREADS, "1", "Timing, Memory: threads of the measuring process."),
        _setting("seconds", "4"),
        AddressField(
            *("groups", N_("Groups"), SomeOf(lambda: GROUPS, BETWEEN), UNFOLDED_AT_FIRST, "The unfolded controls."),
            is_control=False,
        ),
        AddressField(
            "lengths", N_("Counted"), OneOf(lambda: LENGTHS), "branches", "Paths: what a path's length counts."
        ),
    ),
)
KEYS: Mapping[str, str] = (
    {field.name: field.name for field in ADDRESS.fields}
    | {name: f"measure.{name}" for name in ("batch", "precision", "optimiser", "device", "threads", "seconds")}
    | {"tab": VIEW, "colour": colours.KEY, "graph": pictures.LEVEL, "opened": pictures.BLOCK}
    | {"lengths": "paths.counted"}
)
"""The widget's key by the name in the address."""


def of_view(query: Query) -> dict[str, Sequence[str]]:
    """The part of a query that is about the view."""
    return {name: texts for name, texts in query.items() if name in KEYS}


def of_network(query: Query) -> dict[str, Sequence[str]]:
    """The other part, which is the network's."""
    return {name: texts for name, texts in query.items() if name not in KEYS}


def take(query: Query, *, all_of_it: bool) -> list[str]:
    """Gives the widgets what a query says of the view; returns a sentence for each value that does not fit.

    `all_of_it`: what the query does not name is at its default, since it is this page's own address that came back.
    """
    read = ADDRESS.read(of_view(query))
    values = read.values
    for field in ADDRESS.fields:
        key = KEYS[field.name]
        if field.name in values or (all_of_it and left(key, None) is not None):
            put(key, values.get(field.name, field.default))
    return read.warnings


def open_block(query: Query, graph: Graph) -> list[str]:
    """Opens the block that a query names in this network, or says in a sentence that there is none."""
    name = "opened"
    path = ADDRESS.read(of_view(query)).values.get(name)
    if not path:
        return []
    if run := pictures.run_of(graph, path):
        put(pictures.BLOCK, run[0])
        return []
    forget(pictures.BLOCK)
    (field,) = (field for field in ADDRESS.fields if field.name == name)
    return [
        Problem(
            field, _("this network has no block {path}").format(path=repr(path)), _("another one is opened")
        ).sentence
    ]


def to_query() -> dict[str, list[str] | str]:
    """What the address says of the view: only what somebody has chosen, and is not at its default."""
    chosen = {field.name: left(KEYS[field.name], field.default) for field in ADDRESS.fields}
    return ADDRESS.write({name: value for name, value in chosen.items() if value is not None})
