"""The drafts of a visit in their order, for undo and redo."""

from dataclasses import dataclass, field

from explorer.ui.build.draft import Draft

MOST = 200
"""Drafts that are kept; the oldest are forgotten first."""


@dataclass
class History:
    """What the controls held, oldest first, and which of it they hold now."""

    drafts: list[Draft] = field(default_factory=list)
    place: int = -1

    def note(self, draft: Draft) -> None:
        """Adds the draft where it differs from the present one; what was undone before is then forgotten."""
        if self.place >= 0 and self.drafts[self.place].values == draft.values:
            return
        self.drafts = [*self.drafts[: self.place + 1], draft.copy()][-MOST:]
        self.place = len(self.drafts) - 1

    def has(self, steps: int) -> bool:
        """Whether there is a draft so many steps after the present one; before it, where negative."""
        return 0 <= self.place + steps < len(self.drafts)

    def go(self, steps: int) -> Draft:
        """Makes the draft so many steps away the present one, and returns a copy of it."""
        self.place += steps
        return self.drafts[self.place].copy()
