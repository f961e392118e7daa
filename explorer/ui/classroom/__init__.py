"""A class in one room: the page *Class*, and what other pages show to those who are in a class.

What a class is, is computed in `explorer/classes`. Nothing here knows labs or Train: they call it.
"""
