"""Lessons as Markdown files: a table of steps at the head, a section for each step, handout and slides made from them.

Nothing here knows the pages: which addresses, controls and questions there are is handed to the parser.
"""
