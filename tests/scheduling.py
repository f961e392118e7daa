"""Which of several processes runs which tests (`pytest -n 3`)."""

from xdist.scheduler import LoadScopeScheduling

BROWSER = "tests/browser/"
TRAINING = ("test_data", "test_labs", "test_runs", "test_train")
"""How the files are named whose tests compute in the browser's background: processes of their own that load torch."""


def unit(nodeid: str) -> str:
    """The name of the unit of work that a test belongs to.

    A file's tests stay together, since they share servers and trained networks. The browser tests are two units, each
    with one Chromium: the pages that are drawn, and those on which something is trained or computed.
    """
    file = nodeid.partition("::")[0]
    if not file.startswith(BROWSER):
        return file
    return BROWSER + ("computing" if file.removeprefix(BROWSER).startswith(TRAINING) else "drawing")


class UnitScheduling(LoadScopeScheduling):
    """Hands out `unit` after unit, those of the browser first, since they take longest."""

    def _split_scope(self, nodeid: str) -> str:
        return unit(nodeid)

    def _assign_work_unit(self, node: object) -> None:
        for name in [name for name in self.workqueue if name.startswith(BROWSER)]:
            self.workqueue.move_to_end(name, last=False)
        super()._assign_work_unit(node)
