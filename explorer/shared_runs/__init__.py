"""A class as an experiment: one training that the seats of a class share, each with a seed or a cell of a grid.

What is planned, who may start what, what the curves of all seats say together, and the store. A class and its seats are
those of `explorer/classes`, a seat's trainings are runs of `explorer/runs`. Nothing here draws.
"""
