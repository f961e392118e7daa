"""Lessons: those that can be opened here, and a place for a teacher's own."""

from explorer.ui.lessons import page

page.draw()
