"""Labels of the settings of a training."""

from explorer.language import N_, _

LABELS = {
    "start_from": N_("Start from the weights of"),
    "normalisation": N_("Normalisation of the images"),
    "dataset": N_("Data set"),
    "evaluate_every": N_("Test every … steps"),
    "diagnose_every": N_("Measure gradients every … steps"),
    "steps": N_("Steps"),
    "batch_size": N_("Batch size"),
    "learning_rate": N_("Learning rate"),
    "momentum": N_("Momentum"),
    "weight_decay": N_("Weight decay"),
    "schedule": N_("Schedule"),
    "warmup_steps": N_("Warmup steps"),
    "seed": N_("Seed"),
    "device": N_("Device"),
    "precision": N_("Precision"),
    "augmentation": N_("Augmentation"),
    "optimiser": N_("Optimiser"),
    "frozen": N_("Frozen"),
}


def setting_label(name: str) -> str:
    """A setting's label."""
    return _(LABELS.get(name, name.replace("_", " ").capitalize()))
