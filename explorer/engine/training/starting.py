"""A training that starts from the weights of another run: they are put into the network, and parts of it are frozen."""

from torch import Tensor, nn

from explorer.artifacts.shared import local_checkpoint
from explorer.jobs.errors import SettingsError
from explorer.language import sentence
from explorer.model import ModelSpec
from explorer.runs.fine_tuning import GONE, MISFIT, StartPlan, frozen_stages, start_plan
from explorer.runs.settings import TrainingSettings


def take_start(network: nn.Module, spec: ModelSpec, settings: TrainingSettings) -> None:
    """Puts the weights that the settings name into the network of `spec`, in place; nothing where they name none.

    A classifier of other classes keeps its own values, so that two trainings of one seed begin with the same. Raises
    SettingsError on `start_from` where the weights are gone or do not fit.
    """
    plan = start_plan(spec, settings)
    if plan is None:
        return
    # Imported here: the loop also runs where nothing is installed that reads checkpoints.
    from explorer.engine.training.checkpoint import load_weights

    try:
        theirs = load_weights(local_checkpoint(settings.start_from))
    except OSError:
        raise SettingsError("start_from", sentence(GONE)) from None
    theirs |= {name: each for name, each in network.state_dict().items() if name in plan.replaced}
    theirs[plan.first] = for_channels(theirs[plan.first], plan.channels[1])
    try:
        network.load_state_dict(theirs)
    except RuntimeError as error:
        raise SettingsError("start_from", sentence(MISFIT, reason=str(error).splitlines()[-1].strip())) from None


def for_channels(weight: Tensor, channels: int) -> Tensor:
    """The weight `(outputs, inputs, height, width)` of a first layer for images of so many channels.

    From colour to grey the sum over the channels: the same answers as for the grey image in every channel. From grey to
    colour the same weight for each, divided by their number: the same answers as for the mean of the channels.
    """
    if weight.shape[1] == channels:
        return weight
    if channels == 1:
        return weight.sum(1, keepdim=True)
    return weight.repeat(1, channels, *[1] * (weight.dim() - 2)) / channels


def freeze(network: nn.Module, spec: ModelSpec, settings: TrainingSettings) -> tuple[nn.Module, ...]:
    """The modules that the settings freeze, whose parameters are not trained from now on; call `eval` on them too."""
    modules = []
    for stage in frozen_stages(spec, settings):
        first = stage.blocks[0]
        paths = [stage.name] if first.path else [node.name for node in first.block.nodes]
        modules += [network.get_submodule(path) for path in paths]
    for each in modules:
        each.requires_grad_(False)
    return tuple(modules)


def start_notes(spec: ModelSpec, settings: TrainingSettings) -> tuple[str, ...]:
    """What becomes of the weights, in a sentence; nothing for the usual start."""
    plan = start_plan(spec, settings)
    return () if plan is None else (start_sentence(plan),)


def start_sentence(plan: StartPlan) -> str:
    """What becomes of the weights."""
    there, here = plan.classes
    head = f"the head is new: {here:,} classes here, {there:,} there" if plan.replaced else f"{here:,} classes in both"
    there, here = plan.channels
    stem = f"; the first layer was turned from {there} channels to {here}" if there != here else ""
    return f"Starts from given weights: {head}{stem}."
