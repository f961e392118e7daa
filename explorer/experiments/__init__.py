"""What the labs compute: experiments, requests, results, and the process that computes. No torch."""

from explorer.experiments.catalogue import CATALOGUE
from explorer.experiments.client import WARM, ExperimentRun
from explorer.experiments.description import ExperimentDescription
from explorer.experiments.protocol import Answer, Refusal
from explorer.experiments.request import ExperimentRequest
from explorer.experiments.request_values import QUICK_TRAINING, Subject, small_network
from explorer.experiments.result import ExperimentResult, Progress
from explorer.experiments.result_cache import ResultCache

__all__ = [
    "CATALOGUE",
    "QUICK_TRAINING",
    "WARM",
    "Answer",
    "ExperimentDescription",
    "ExperimentRequest",
    "ExperimentResult",
    "ExperimentRun",
    "Progress",
    "Refusal",
    "ResultCache",
    "Subject",
    "small_network",
]
