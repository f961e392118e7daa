"""Labels of the settings of a training."""

LABELS = {
    "start_from": "Start from the weights of",
    "normalisation": "Normalisation of the images",
    "dataset": "Data set",
    "evaluate_every": "Test every … steps",
    "diagnose_every": "Measure gradients every … steps",
}


def setting_label(name: str) -> str:
    """A setting's label."""
    return LABELS.get(name, name.replace("_", " ").capitalize())
