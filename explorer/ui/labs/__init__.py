"""The labs, a module each, their `registry` and their `page`; no lab imports those two.

`shared` holds what several labs use and imports no lab. A new lab is one entry in `registry`.
"""
