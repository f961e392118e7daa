"""Experiments on networks, each an iterator of progress that ends in a frozen result; closing it stops the work.

A probe takes a `ProbeRequest` and a `Workshop`, which trains or fetches the networks asked for. The same request gives
the same result on a CPU, but for times and for what a time budget decides.
"""

from explorer.engine.experiments.registry import PROBES, Experiment, run_experiment
from explorer.engine.experiments.trained_networks import TrainedNetworks

__all__ = ["PROBES", "Experiment", "TrainedNetworks", "run_experiment"]
