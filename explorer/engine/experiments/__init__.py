"""Experiments on networks, each an iterator of progress that ends in a frozen result; closing it stops the work.

An experiment takes an `ExperimentRequest` and `TrainedNetworks`, which trains or fetches its networks. The same request
gives the same result on a CPU, except for times and for what a time limit decides.
"""
