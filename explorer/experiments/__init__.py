"""Probes as pages know them: what can be asked, what comes back, and how to ask. No torch."""

from explorer.experiments.catalogue import CATALOGUE, ExperimentFacts
from explorer.experiments.client import ExperimentRun
from explorer.experiments.networks import QUICK_TRAINING, small_network
from explorer.experiments.process import WARM
from explorer.experiments.protocol import Answer, Refusal
from explorer.experiments.request import ExperimentRequest, Subject
from explorer.experiments.result import ExperimentResult, Progress
from explorer.experiments.result_cache import ResultCache

__all__ = [
    "CATALOGUE",
    "QUICK_TRAINING",
    "WARM",
    "Answer",
    "ExperimentFacts",
    "ExperimentRequest",
    "ExperimentResult",
    "ExperimentRun",
    "Progress",
    "Refusal",
    "ResultCache",
    "Subject",
    "small_network",
]
