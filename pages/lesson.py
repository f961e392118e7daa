"""First lesson: what a residual is, in six steps."""

from explorer.ui.lesson import page

page.draw()
