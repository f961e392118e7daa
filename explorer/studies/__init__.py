"""Studies: a grid of networks, settings and seeds as a file in TOML, its runs in the queue, and what they say together.

Above `runs`, whose queue trains every cell; tables are those of `outputs`, intervals those of `experiments`. Nothing
here draws.
"""
