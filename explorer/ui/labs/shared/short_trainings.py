"""Short trainings side by side, for labs that compare kinds of block."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from explorer.analysis.published import PublishedRow
from explorer.datasets.catalogue import DATASETS, dataset_label, fit_spec
from explorer.experiments import ExperimentRequest
from explorer.experiments.catalogue.short_training import ShortTrainingResult
from explorer.experiments.claims import Claim
from explorer.experiments.claims.lengths import SHORT, TrainingLength
from explorer.language import N_, Sentence, _, sentence
from explorer.model import ModelSpec, assemble
from explorer.model.variants.shortcuts import is_plain
from explorer.ui.common.address import AddressField
from explorer.ui.labs.shared import charts, experiment, paper, seen
from explorer.ui.labs.shared.charts import median_with_range
from explorer.ui.labs.shared.lab import Controls, choice, number
from explorer.ui.labs.shared.predict import Question

SEEDS = number(
    "seeds", N_("Seeds"), (1, 2, 3, 5), SHORT.seeds, N_("Repetitions with other initial weights and batches.")
)
DATASET_LABELS = {name: DATASETS[name].label for name in ("digits", "gratings")}
"""Data sets to train on: small enough for seconds, and available without a download."""
DATASET_HELP = N_(
    "Handwritten digits, or generated coloured gratings with noise, whose test error stays above zero. The gratings "
    "have four times as many pixels and take about twice as long."
)
DATA = choice("data", N_("Images"), DATASET_LABELS, "digits", DATASET_HELP)
PAPERS_ERROR = N_("Paper's error, %")


def length_fields(length: TrainingLength = SHORT) -> tuple[AddressField, ...]:
    """The fields of a part with `length_controls`, the number of steps with this default."""
    return DATA, steps_field(length.steps), SEEDS


def steps_field(default: int) -> AddressField:
    """The field of the number of steps of each training."""
    return number(
        "steps", N_("Steps"), (50, 100, 150, 200, 300, 500), default, N_("Number of batches, each of 32 images.")
    )


STEPS = steps_field(SHORT.steps)
LENGTH = length_fields()
"""Those with the usual number of steps."""


@dataclass(frozen=True)
class ComparedNetwork:
    """A network under its label, and the row of a paper's table that prints its error."""

    label: str
    spec: ModelSpec
    paper: str = ""
    table: str = ""
    row: str = ""
    """The network's name in the table; empty if no table has it."""
    remark: str = ""
    """A part of the row's remark, if several rows have this name."""

    def published(self) -> PublishedRow | None:
        """The printed row; None if no table has one."""
        if not self.row:
            return None
        rows = paper.rows(
            self.paper, self.table, lambda row: row.network.startswith(self.row) and self.remark in row.remark
        )
        return rows[0] if rows else None


def weights_field(help: str) -> AddressField:
    """The field that says whether the network is trained (`1`) or keeps its initial weights (`0`)."""
    return choice("weights", N_("Weights"), {"1": N_("trained"), "0": N_("as initialised")}, "1", help)


def length_controls(controls: Controls) -> TrainingLength:
    """The chosen data set, steps and number of seeds."""
    dataset = controls.choice("data")
    return TrainingLength(controls.whole("steps"), controls.whole("seeds"), dataset)


@dataclass(frozen=True)
class ImagesOf:
    """The name of a data set within a sentence, in the language in which it is shown."""

    dataset: str

    def __str__(self) -> str:
        return _(dataset_label(self.dataset)).lower()


def what_is_trained(depth: int, length: TrainingLength) -> Sentence:
    """What is trained, as the beginning of a question."""
    return sentence(
        "Networks of {depth} layers are trained for {steps} steps ({images})",
        depth=depth,
        steps=length.steps,
        images=ImagesOf(length.dataset),
    )


def seen_of_losses(name: str, result: ShortTrainingResult) -> Question | None:
    """The second question of the part `name`: which network ended with the highest training loss."""
    return seen.highest_loss(f"{name}.seen", ((each.label, each) for each in result.trainings))


def draw_panel(
    name: str,
    compared_networks: Sequence[ComparedNetwork],
    request: ExperimentRequest | None,
    question: Question | None = None,
    claims: Sequence[Claim] = (),
) -> None:
    """The panel of the comparison that `request` makes of the networks; nothing without a request."""
    if request is None:
        return
    networks = {each.label: each for each in compared_networks}
    dataset = request.training.dataset
    experiment.draw_panel(
        name, request, lambda result: draw_result(result, networks, name, dataset), question, claims=claims
    )


def draw_result(
    result: ShortTrainingResult, compared_networks: Mapping[str, ComparedNetwork], name: str, dataset: str = "digits"
) -> None:
    """The curves, and below them a table of the results beside the paper's."""
    plain = [label for label, each in compared_networks.items() if is_plain(each.spec)]
    charts.draw_training_curves(result.trainings, plain, f"{name}.chart")
    st.dataframe(
        results_table(result, compared_networks, dataset),
        hide_index=True,
        key=f"{name}.table",
        placeholder="",
        column_config=charts.count_columns(_("Parameters")),
    )
    steps = max((max(each.steps, default=0) for each in result.trainings), default=0)
    protocols = {row.protocol for each in compared_networks.values() if (row := each.published())}
    ours = _("{steps} steps on {images}: the start of training, not its end.")
    theirs = _(" The paper's errors are of other networks on other data ({protocols}).") if protocols else ""
    st.caption(
        (ours + theirs).format(steps=steps, images=ImagesOf(dataset), protocols=", ".join(map(_, sorted(protocols))))
    )


def results_table(
    result: ShortTrainingResult, compared_networks: Mapping[str, ComparedNetwork], dataset: str = "digits"
) -> pd.DataFrame:
    """A row for each network: medians over the seeds, parameters, and the paper's printed error."""
    lines = []
    for label in dict.fromkeys(each.label for each in result.trainings):
        runs = [each for each in result.trainings if each.label == label]
        network = compared_networks[label]
        row = network.published()
        lines.append(
            {
                _("Network"): _(label),
                _("Loss"): median_with_range([each.train_loss for each in runs], ".3g") or _("none"),
                _("Test error, %"): median_with_range([each.test_error for each in runs]) or _("none"),
                _("Parameters"): assemble(fit_spec(network.spec, dataset)).cost.params,
                _(PAPERS_ERROR): row.top1 if row else "",
                _("Diverged"): "; ".join(dict.fromkeys(each.diverged for each in runs if each.diverged)),
            }
        )
    table = pd.DataFrame(lines)
    return table[[name for name in table if name == _("Network") or table[name].astype(str).ne("").any()]]
