"""Probes as pages know them: what can be asked, what comes back, and how to ask. No torch."""

from explorer.runs.probes.catalogue import CATALOGUE, ProbeFacts
from explorer.runs.probes.networks import QUICK_TRAINING, small_network
from explorer.runs.probes.request import ProbeRequest, Subject
from explorer.runs.probes.result import ProbeResult, Progress

__all__ = [
    "CATALOGUE",
    "QUICK_TRAINING",
    "ProbeFacts",
    "ProbeRequest",
    "ProbeResult",
    "Progress",
    "Subject",
    "small_network",
]
