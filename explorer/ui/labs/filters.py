"""Lab 3, second part: the rule of filters, counted on plain-34."""

import pandas as pd
import streamlit as st

from explorer.analysis.filter_rule import stage_layers
from explorer.language import N_, _
from explorer.model import assemble, preset
from explorer.outputs import formatting
from explorer.ui.labs.shared import charts

NETWORK, TITLE = "plain34", N_("plain-34 at 224 pixels")
INSIDE, ENTERING = N_("MACs of a 3x3 layer"), N_("MACs of the layer that halves the map")


def draw_rule() -> None:
    """Draws what the rule does to the cost of a layer, stage by stage."""
    st.markdown(_("**Cost of a layer in {network}**").format(network=_(TITLE)))
    columns = charts.count_columns(_(INSIDE), _(ENTERING))
    st.dataframe(rule_table(), hide_index=True, key="options.filters", column_config=columns)


def rule_table() -> pd.DataFrame:
    """A row for each stage: its map (filters, height, width), and the MACs of one layer for one image."""
    return pd.DataFrame(
        [
            {
                _("Stage"): each.stage,
                _("Map"): formatting.shape(each.output_shape),
                _(INSIDE): each.macs,
                _(ENTERING): each.entering_macs or None,
            }
            for each in stage_layers(assemble(preset(NETWORK)))
        ]
    ).astype({_(ENTERING): "Int64"})
