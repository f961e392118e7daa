"""Training one network: the loop, its step, its checkpoints and the worker process that serves the store.

What a training is (settings, events, records) belongs to `runs`.
"""
