"""A child process's answer without the process, for tests of what is done with it."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

from explorer.jobs.one_shot import ChildError


class InProcess:
    """Stands in for `OneShot`: the module's work is done here, which saves the seconds in which a child loads torch."""

    def __init__(self, module: str, request: object, kind: type, seconds: float = 120.0) -> None:
        loaded: Any = import_module(module)
        self._answer: Callable[[], Any] = lambda: loaded.work(request, lambda done, total, what: None)
        self._kind = kind

    def result(self) -> Any:
        """What the module answers. Raises ChildError where it refuses."""
        try:
            answer = self._answer()
        except ValueError as error:  # what the engine's jobs refuse
            raise ChildError(str(error)) from error
        assert isinstance(answer, self._kind)
        return answer
