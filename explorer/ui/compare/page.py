"""The frame of the Compare page: the choice of networks, the link's warnings, and links to other pages."""

from html import escape

import streamlit as st

from explorer.language import _
from explorer.model import PRESETS, ModelSpec
from explorer.model.variants.shortcuts import is_plain
from explorer.outputs.formatting import capitalised
from explorer.outputs.palette import network_colours
from explorer.outputs.tables.comparison import Comparison
from explorer.runs.settings import TrainingSettings
from explorer.ui.common import theme
from explorer.ui.common.address_bar import state_of_address
from explorer.ui.common.fitted_networks import fitted_sentence
from explorer.ui.common.networks import network_label, network_name
from explorer.ui.common.page_links import open_in_build, page_button
from explorer.ui.common.remembered_widgets import bound, pressed
from explorer.ui.compare.picture import downloads
from explorer.ui.compare.setup import MOST_COMPARED, NETWORKS, STARTERS, CompareSetup, suggestions

SETUP = "compare.setup"


def current_setup() -> CompareSetup:
    """This visitor's comparison; read from the link on arrival."""
    return state_of_address(SETUP, CompareSetup.from_query)


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
        st.markdown("## " + _("Compare"), width="stretch")
        page_button(
            _("Train these"),
            "train",
            setup.named_networks or None,
            lambda names: {"net": names},
            icon=":material/play_arrow:",
            key="compare.train",
            help=_("Opens Train with these networks in one training comparison. {fitted}")
            .format(fitted=_fitted(setup))
            .rstrip(),
        )
        if comparison is not None:
            downloads(comparison)


def _fitted(setup: CompareSetup) -> str:
    """Why the parameters of these networks change on Train."""
    return fitted_sentence(setup.named_networks, TrainingSettings.dataset)


def _take(setup: CompareSetup) -> None:
    setup.replace(st.session_state["compare.nets"])


def _put_first(setup: CompareSetup, name: str) -> None:
    setup.named_networks.remove(name)
    setup.named_networks.insert(0, name)


def setup_panel(setup: CompareSetup) -> None:
    """Draws the choice of networks, and buttons that open each in Build or put it first."""
    st.multiselect(
        _("Networks"),
        list(dict.fromkeys([*PRESETS, *setup.named_networks])),
        setup.named_networks,
        format_func=network_label,
        max_selections=MOST_COMPARED,
        placeholder=_("Choose known networks"),
        **bound(
            "compare.nets",
            setup.named_networks,
            _take,
            setup,
            sets=NETWORKS,
            help=_(
                "Up to {most}. Add your own with “Compare” on Build, or with “Equal cost” below. The others are"
                " compared with the first."
            ).format(most=MOST_COMPARED),
        ),
    )
    labels = [label for label, _spec in setup.networks]
    colours = network_colours(theme.current(), [is_plain(spec) for _label, spec in setup.networks])
    for number, (name, label) in enumerate(zip(setup.named_networks, labels, strict=True)):
        st.html(
            f'<span class="swatch" style="height:1rem;width:0.3rem;background:{colours[number]}"></span>{escape(label)}'
        )
        with st.container(horizontal=True, gap="small"):
            if st.button(
                _("Open in Build"),
                key=f"compare.build.{number}",
                type="tertiary",
                icon=":material/tune:",
                help=_("Open {network} in Build.").format(network=label),
            ):
                open_in_build(name)
            if number:
                st.button(
                    _("Put first"),
                    key=f"compare.lead.{number}",
                    type="tertiary",
                    icon=":material/vertical_align_top:",
                    **pressed(
                        *(_put_first, setup, name),
                        sets=NETWORKS,
                        help=_("Compare the others with {network}.").format(network=label),
                    ),
                )


def invitation(setup: CompareSetup) -> None:
    """Draws suggestions while fewer than two networks are chosen."""
    if setup.named_networks:
        label, spec = setup.networks[0]
        st.markdown("#### " + _("Compare {network} with").format(network=label))
        st.markdown(_("Choose another network on the left, or one of these."))
        for label, other in suggestions(spec).items():
            st.button(
                capitalised(_(label)),
                key=f"compare.suggest.{label}",
                icon=":material/add:",
                **pressed(setup.add, network_name(other), sets=NETWORKS),
            )
    st.markdown("#### " + _("Comparisons to start with"))
    for title, names in STARTERS.items():
        st.button(
            _(title),
            key=f"compare.start.{names[0]}.{len(names)}",
            type="tertiary",
            icon=":material/compare_arrows:",
            **pressed(setup.replace, names, sets=NETWORKS),
        )
