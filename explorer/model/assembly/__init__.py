"""From a spec to its graph: the residual unit, then the whole network.

What a variant places belongs to `variants`.
"""
