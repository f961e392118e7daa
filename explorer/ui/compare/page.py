"""The frame of the Compare page: the choice of networks, the link's warnings, and links to other pages."""

from html import escape
from typing import cast

import streamlit as st

from explorer.model import PRESETS, ModelSpec
from explorer.outputs.tables.comparison import Comparison
from explorer.ui.common import theme
from explorer.ui.common.address_bar import current_query, decides
from explorer.ui.common.networks import network_label, network_name
from explorer.ui.common.page_links import open_in_build
from explorer.ui.common.paths import PAGES
from explorer.ui.common.widget_values import if_moved, show_value
from explorer.ui.compare.picture import downloads
from explorer.ui.compare.setup import MOST_COMPARED, STARTERS, CompareSetup, suggestions

SETUP = "compare.setup"


def current_setup() -> CompareSetup:
    """This visitor's comparison; read from the link on arrival."""
    query = current_query()
    if SETUP not in st.session_state or decides(query):
        st.session_state[SETUP] = CompareSetup.from_query(query)
    return cast(CompareSetup, st.session_state[SETUP])


def with_network(spec: ModelSpec) -> list[str]:
    """The names of the networks in this visitor's comparison, if there is one, and `spec` after them.

    The last one is dropped where there are already MOST_COMPARED.
    """
    setup = st.session_state.get(SETUP)
    before = list(setup.named_networks) if isinstance(setup, CompareSetup) else []
    name = network_name(spec)
    others = [each for each in before if each != name]
    return [*others[: MOST_COMPARED - 1], name]


def title_row(setup: CompareSetup, comparison: Comparison | None) -> None:
    """Draws the page's title, the button to Train, and the picture's downloads."""
    with st.container(horizontal=True, vertical_alignment="center", key="title"):
        st.markdown("## Compare", width="stretch")
        if st.button(
            "Train these",
            icon=":material/play_arrow:",
            key="compare.train",
            disabled=not setup.named_networks,
            help="Opens Train with these networks in one training comparison.",
        ):
            st.switch_page(str(PAGES / "train.py"), query_params={"net": setup.named_networks})
        if comparison is not None:
            downloads(comparison)


def messages(setup: CompareSetup) -> None:
    """Draws the warnings of the link, one sentence each."""
    for warning in dict.fromkeys(setup.warnings):
        st.warning(warning, icon=":material/link_off:")


def _take(setup: CompareSetup) -> None:
    setup.named_networks = list(st.session_state["compare.nets"])
    setup.warnings.clear()


def _only(setup: CompareSetup, names: tuple[str, ...]) -> None:
    setup.named_networks = list(names)
    setup.warnings.clear()


def add_network(setup: CompareSetup, name: str) -> None:
    """Adds a network to the comparison."""
    setup.warnings.clear()
    setup.add(name)


def _put_first(setup: CompareSetup, name: str) -> None:
    setup.named_networks.remove(name)
    setup.named_networks.insert(0, name)


def setup_panel(setup: CompareSetup) -> None:
    """Draws the choice of networks, and buttons that open each in Build or put it first."""
    show_value("compare.nets", setup.named_networks)
    st.multiselect(
        "Networks",
        list(dict.fromkeys([*PRESETS, *setup.named_networks])),
        format_func=network_label,
        key="compare.nets",
        max_selections=MOST_COMPARED,
        on_change=if_moved("compare.nets", _take),
        args=(setup,),
        placeholder="Choose known networks",
        help=f"Up to {MOST_COMPARED}. Add your own with “Compare” on Build, or with “Equal cost” below. The others are"
        " compared with the first.",
    )
    colours = theme.current().chart
    for number, (name, (label, _)) in enumerate(zip(setup.named_networks, setup.networks, strict=True)):
        st.html(
            f'<span class="swatch" style="height:1rem;width:0.3rem;background:{colours[number]}"></span>{escape(label)}'
        )
        with st.container(horizontal=True, gap="small"):
            if st.button(
                "Open in Build",
                key=f"compare.build.{number}",
                type="tertiary",
                icon=":material/tune:",
                help=f"Open {label} in Build.",
            ):
                open_in_build(name)
            if number:
                st.button(
                    "Put first",
                    key=f"compare.lead.{number}",
                    type="tertiary",
                    icon=":material/vertical_align_top:",
                    on_click=_put_first,
                    args=(setup, name),
                    help=f"Compare the others with {label}.",
                )


def invitation(setup: CompareSetup) -> None:
    """Draws suggestions while fewer than two networks are chosen."""
    if setup.named_networks:
        label, spec = setup.networks[0]
        st.markdown(f"#### Compare {label} with")
        st.markdown("Choose another network on the left, or one of these.")
        for label, other in suggestions(spec).items():
            st.button(
                label[:1].upper() + label[1:],
                key=f"compare.suggest.{label}",
                icon=":material/add:",
                on_click=add_network,
                args=(setup, network_name(other)),
            )
    st.markdown("#### Comparisons to start with")
    for title, names in STARTERS.items():
        st.button(
            title,
            key=f"compare.start.{names[0]}.{len(names)}",
            type="tertiary",
            icon=":material/compare_arrows:",
            on_click=_only,
            args=(setup, names),
        )
