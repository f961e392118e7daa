"""Labels of the settings of a training."""

from explorer.language import N_, _

LABELS = {
    "start_from": N_("Start from the weights of"),
    "normalisation": N_("Normalisation of the images"),
    "dataset": N_("Data set"),
    "evaluate_every": N_("Test every … steps"),
    "diagnose_every": N_("Measure gradients every … steps"),
}


def setting_label(name: str) -> str:
    """A setting's label."""
    return _(LABELS.get(name, name.replace("_", " ").capitalize()))
