"""Probes as pages know them: what can be asked, what comes back, and how to ask. No torch."""

from explorer.runs.probes.catalogue import CATALOGUE, ProbeFacts
from explorer.runs.probes.child import WARM
from explorer.runs.probes.client import ProbeRun
from explorer.runs.probes.kept import KeptResults
from explorer.runs.probes.lines import Answer, Refusal
from explorer.runs.probes.networks import QUICK_TRAINING, small_network
from explorer.runs.probes.request import ProbeRequest, Subject
from explorer.runs.probes.result import ProbeResult, Progress

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
