"""Measurements against peers: each command prints ratios taken in one run, so that a busy machine tells no lies."""
