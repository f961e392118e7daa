"""A class that trains together: what its teacher and its students see of a shared run on the page *Class*.

What a shared run is, is computed in `explorer/shared_runs`. Only `pages/` and a class's lessons call these parts.
"""
