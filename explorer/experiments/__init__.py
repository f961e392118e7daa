"""Probes as pages know them: what can be asked, what comes back, and how to ask. No torch."""

from explorer.experiments.catalogue import CATALOGUE, ProbeFacts
from explorer.experiments.client import ProbeRun
from explorer.experiments.networks import QUICK_TRAINING, small_network
from explorer.experiments.process import WARM
from explorer.experiments.protocol import Answer, Refusal
from explorer.experiments.request import ProbeRequest, Subject
from explorer.experiments.result import ProbeResult, Progress
from explorer.experiments.result_cache import KeptResults

__all__ = [
    "CATALOGUE",
    "QUICK_TRAINING",
    "WARM",
    "Answer",
    "KeptResults",
    "ProbeFacts",
    "ProbeRequest",
    "ProbeResult",
    "ProbeRun",
    "Progress",
    "Refusal",
    "Subject",
    "small_network",
]
