"""Which of several processes runs which tests (`pytest -n 2`)."""

from xdist.scheduler import LoadScopeScheduling

BROWSER = "tests/browser"


class FileScheduling(LoadScopeScheduling):
    """A file's tests stay together, since they share servers and trained networks.

    All browser tests are one unit, so that only one app and one Chromium run at a time; it takes longest, so it is the
    first unit that is handed out.
    """

    def _split_scope(self, nodeid: str) -> str:
        return BROWSER if nodeid.startswith(f"{BROWSER}/") else nodeid.partition("::")[0]

    def _assign_work_unit(self, node: object) -> None:
        if BROWSER in self.workqueue:
            self.workqueue.move_to_end(BROWSER, last=False)
        super()._assign_work_unit(node)
