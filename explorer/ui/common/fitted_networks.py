"""Why a network that is trained has other parameters than on the pages that count it."""

from collections.abc import Iterable

from explorer.datasets.catalogue import dataset_label, fit_spec
from explorer.jobs.errors import SettingsError
from explorer.language import _
from explorer.model import ModelSpec, SpecError, assemble
from explorer.outputs.formatting import whole
from explorer.ui.common.networks import network_label, network_spec


def fitted_sentence(names: Iterable[str], dataset: str) -> str:
    """Why a network has other parameters on Train than on Build and Compare, of the first one that has; else empty."""
    for name in names:
        try:
            own = network_spec(name)
            fitted = fit_spec(own, dataset)
            before, after = (assemble(spec).cost.params for spec in (own, fitted))
        except (SpecError, SettingsError):
            continue
        if before != after:
            return _(
                "Fitted to {dataset}, {network} has {after} parameters instead of the {before} of Build and Compare: "
                "{differences}."
            ).format(
                dataset=dataset_label(dataset),
                network=network_label(name),
                after=whole(after),
                before=whole(before),
                differences=_differences(own, fitted),
            )
    return ""


def _differences(own: ModelSpec, fitted: ModelSpec) -> str:
    """What the fitting changes that has parameters."""
    changes = {
        _("its first convolution sees {fitted} instead of {own} channels"): (fitted.in_channels, own.in_channels),
        _("its classifier has {fitted} instead of {own} classes"): (fitted.num_classes, own.num_classes),
    }
    return _(", and ").join(
        text.format(fitted=whole(values[0]), own=whole(values[1]))
        for text, values in changes.items()
        if values[0] != values[1]
    )
