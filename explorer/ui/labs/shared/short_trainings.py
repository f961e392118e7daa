"""Short trainings side by side, for laboratories that compare kinds of block."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import pandas as pd
import streamlit as st

from explorer.analysis.published import PublishedRow
from explorer.datasets.catalogue import DATASETS, fit_spec
from explorer.experiments import QUICK_TRAINING, ExperimentRequest, Subject
from explorer.experiments.result import Training
from explorer.experiments.results import ShortTrainingResult
from explorer.model import ModelSpec, assemble
from explorer.runs.settings import TrainingSettings
from explorer.ui.labs.shared import charts, experiment, paper
from explorer.ui.labs.shared.controls import Controls
from explorer.ui.labs.shared.predict import Question

STEPS = (50, 100, 150, 200, 300, 500)
SEEDS = (1, 2, 3, 5)
DATASET_LABELS = {name: DATASETS[name].label for name in ("digits", "gratings")}
"""What is trained on: small enough for seconds, and there without a download."""
DATASET_HELP = (
    "Handwritten digits, or generated coloured gratings in noise, whose errors stay above zero. The gratings have four "
    "times the pixels and take about twice the time."
)


@dataclass(frozen=True)
class ComparedNetwork:
    """A network: its label, its network, and where a paper prints its error."""

    label: str
    spec: ModelSpec
    paper: str = ""
    table: str = ""
    row: str = ""
    """The network's name in the table."""
    remark: str = ""
    """A part of the row's remark, where rows share a name."""

    def published(self) -> PublishedRow | None:
        """The printed row; None where no paper has one."""
        if not self.row:
            return None
        found = paper.rows(
            self.paper, self.table, lambda row: row.network.startswith(self.row) and self.remark in row.remark
        )
        return found[0] if found else None


class TrainingLength(NamedTuple):
    """How long a training comparison is, how often it is run, and on what."""

    steps: int
    seeds: int
    dataset: str

    @property
    def training(self) -> TrainingSettings:
        """The settings of each training."""
        return replace(QUICK_TRAINING, steps=self.steps, dataset=self.dataset)


def data_control(controls: Controls) -> str:
    """What the networks are trained on."""
    return controls.choice("data", "Images", DATASET_LABELS, "digits", DATASET_HELP)


def seeds_control(controls: Controls) -> int:
    """How often everything is repeated."""
    return controls.whole("seeds", "Seeds", SEEDS, 1, "Repetitions with other initial weights and batches.")


def length_controls(controls: Controls) -> TrainingLength:
    """How long, how often, and on what."""
    dataset = data_control(controls)
    steps = controls.whole("steps", "Steps", STEPS, 150, "Batches of 32 images that each network is shown.")
    return TrainingLength(steps, seeds_control(controls), dataset)


def draw_panel(
    name: str, compared_networks: Sequence[ComparedNetwork], length: TrainingLength, question: Question | None = None
) -> None:
    """The comparison and its picture, or why it cannot be run."""
    subjects = tuple(Subject(each.label, each.spec) for each in compared_networks)
    request = experiment.try_to_make(
        lambda: ExperimentRequest("short_race", subjects, length.training, {"seeds": length.seeds})
    )
    if request:
        known = {each.label: each for each in compared_networks}

        def paint(found: ShortTrainingResult) -> None:
            draw_result(found, known, name, length.dataset)

        experiment.draw_panel(experiment.Experiment(name, request, paint, frame, question))


def draw_result(
    result: ShortTrainingResult, compared_networks: Mapping[str, ComparedNetwork], name: str, dataset: str = "digits"
) -> None:
    """The curves, and under them the results beside the paper's."""
    plain = [label for label, each in compared_networks.items() if each.spec.shortcut == "none"]
    charts.draw_training_curves(result.trainings, plain, f"{name}.chart")
    st.dataframe(
        results_table(result, compared_networks, dataset),
        hide_index=True,
        key=f"{name}.table",
        placeholder="",
        column_config=charts.count_columns("Parameters"),
    )
    steps = max((max(each.steps, default=0) for each in result.trainings), default=0)
    protocols = {row.protocol for each in compared_networks.values() if (row := each.published())}
    theirs = f" The paper's errors are of other networks on other data ({', '.join(sorted(protocols))})."
    words = f"{steps} steps on {DATASETS[dataset].label.lower()}: how training starts, not where it ends."
    st.caption(words + (theirs if protocols else ""))


def results_table(
    result: ShortTrainingResult, compared_networks: Mapping[str, ComparedNetwork], dataset: str = "digits"
) -> pd.DataFrame:
    """A row for each network: medians over the seeds, cost, and what the paper prints."""
    lines = []
    for label in dict.fromkeys(each.label for each in result.trainings):
        runs = [each for each in result.trainings if each.label == label]
        network = compared_networks[label]
        row = network.published()
        lines.append(
            {
                "Network": label,
                "Loss": middle(runs, "train_loss"),
                "Test error, %": middle(runs, "test_error", ".1f"),
                "Parameters": assemble(fit_spec(network.spec, dataset)).cost.params,
                "Paper's error, %": row.top1 if row else "",
                "Diverged": "; ".join(dict.fromkeys(each.diverged for each in runs if each.diverged)),
            }
        )
    found = pd.DataFrame(lines)
    keep = [name for name in found if name == "Network" or found[name].astype(str).ne("").any()]
    return found[keep]


def middle(runs: Sequence[Training], name: str, how: str = ".3g") -> str:
    """The median over seeds, with the lowest and the highest where there are several; `none` where all diverged."""
    values = [value for each in runs if not np.isnan(value := getattr(each, name))]
    if not values:
        return "none"
    median = f"{np.median(values):{how}}"
    return median if len(values) == 1 else f"{median} ({min(values):{how}} to {max(values):{how}})"


def frame(result: ShortTrainingResult) -> pd.DataFrame:
    """Every point of every curve."""
    return pd.DataFrame(
        [
            {
                "network": each.label,
                "seed": each.seed,
                "step": step,
                "train_loss": loss,
                "final_train_loss": each.train_loss,
                "final_test_error": each.test_error,
                "diverged": each.diverged,
            }
            for each in result.trainings
            for step, loss in zip(each.steps, each.losses, strict=True)
        ]
    )
