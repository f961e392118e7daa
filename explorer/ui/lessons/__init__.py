"""Lessons on the pages: the list of lessons, the bar of the present step, and what a step may say of each page."""
