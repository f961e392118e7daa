"""The whole schedule of He et al. 2015, section 4.2, as one run of our loop: how long it takes, and where it ends."""

from dataclasses import replace

from benchmarks.stepper import noise
from explorer.engine.data.images import ImageData, load_data
from explorer.engine.training.device import prepare_process
from explorer.engine.training.loop import train
from explorer.jobs.errors import SettingsError, StoreError
from explorer.model import preset
from explorer.runs.events import Evaluation, Finished, Started
from explorer.runs.settings import TrainingSettings

PAPER_ERROR = 8.75
"""Percent on CIFAR-10's test images, ResNet-20 (He et al. 2015, Table 6)."""
NETWORK = "cifar_resnet20"

SCHEDULE = TrainingSettings(
    dataset="shapes_easy",
    steps=64_000,
    batch_size=128,
    learning_rate=0.1,
    momentum=0.9,
    weight_decay=1e-4,
    schedule="step",
    augmentation="crop_flip",
    evaluate_every=4_000,
    diagnose_every=0,
)
"""Rate 0.1, divided by ten after half of the steps and again after three quarters; shifted and mirrored images."""


def measure_schedule(dataset: str, steps: int, device: str) -> None:
    """Trains, and prints the way; the error beside the paper's only where the images are the paper's."""
    prepare_process()
    settings, data = _chosen(replace(SCHEDULE, steps=steps, device=device), dataset)
    for event in train(preset(NETWORK), settings, data):
        if isinstance(event, Started):
            facts = f"{event.device_name}, {event.precision}, {event.train_images:,} images of {data.name}"
            print(f"{NETWORK}, {steps:,} steps of {settings.batch_size}: {facts}", flush=True)
        elif isinstance(event, Evaluation):
            print(f"  step {event.step:6,d}: test error {event.test_error:5.2f} %, {event.seconds:7.1f} s", flush=True)
        elif isinstance(event, Finished):
            pace = f"{event.images_per_second:,.0f} images a second"
            print(f"{event.seconds / 60:.1f} minutes, {pace}; test error {event.test_error:.2f} %", end="")
            comparable = data.name == "cifar10" and steps == SCHEDULE.steps
            print(f" (the paper's: {PAPER_ERROR} %)" if comparable else f" (not comparable with {PAPER_ERROR} %)")
        elif event.kind in ("diverged", "failed"):
            print(event)


def _chosen(settings: TrainingSettings, dataset: str) -> tuple[TrainingSettings, ImageData]:
    """The data set, or as many images of noise where it is not on this machine: the time is the same."""
    try:
        return replace(settings, dataset=dataset), load_data(dataset)
    except (SettingsError, StoreError) as error:
        print(f"{error}. Images of noise take its place: only the time means something.")
        return settings, noise(50_000, 10_000)
