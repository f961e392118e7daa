"""A class in one room: who teaches it, who sits in it, what is asked, and the votes.

Computing and storage only; nothing here draws. All SQL is in `store/`.
"""
