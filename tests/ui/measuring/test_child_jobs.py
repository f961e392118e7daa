"""Calculations in child processes: a few at a time, the others in a queue, failures that can be repeated."""

from explorer.jobs.one_shot import ChildError
from explorer.ui.measuring.child_jobs import ChildJobs


class Handle:
    """A calculation whose end the test decides."""

    def __init__(self, key: str) -> None:
        self.key, self.done, self.fails = key, False, False

    def result(self) -> str:
        if self.fails:
            raise ChildError("ended early")
        return self.key.upper()


def test_two_run_and_the_third_waits() -> None:
    handles: dict[str, Handle] = {}
    jobs: ChildJobs[str, str] = ChildJobs(lambda key: handles.setdefault(key, Handle(key)), str, most_running=2)
    assert all(map(jobs.order, "abc"))
    assert [jobs.ahead(key) for key in "abcd"] == [0, 0, 1, None]
    handles["b"].done = True
    assert [jobs.result(key) for key in "abc"] == [None, "B", None]
    assert [jobs.ahead(key) for key in "abc"] == [0, None, 0]


def test_what_failed_can_be_asked_for_again() -> None:
    handles: list[Handle] = []

    def start(key: str) -> Handle:
        handles.append(Handle(key))
        return handles[-1]

    jobs: ChildJobs[str, str] = ChildJobs(start, str)
    jobs.order("a")
    handles[0].done = handles[0].fails = True
    assert jobs.result("a") == "ended early"
    jobs.order("a")
    assert jobs.result("a") is None
    handles[1].done = True
    assert jobs.result("a") == "A"


def test_what_cannot_start_fails_and_the_next_begins() -> None:
    def start(key: str) -> Handle:
        if key == "a":
            raise ChildError("no process")
        return Handle(key)

    jobs: ChildJobs[str, str] = ChildJobs(start, str)
    jobs.order("a")
    jobs.order("b")
    assert (jobs.result("a"), jobs.ahead("b")) == ("no process", 0)
