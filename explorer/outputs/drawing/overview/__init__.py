"""The picture of a whole network to scale: plan, layout, parts, legend.

Graphs drawn by Graphviz are one folder up.
"""
