"""Runs the labs' claims at the defaults of their pages, over seeds that the defaults were not chosen by."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from tempfile import TemporaryDirectory
from time import perf_counter

from explorer.experiments.claims.claim import Claim, Outcome, Verdict
from explorer.experiments.client import ExperimentRun
from explorer.experiments.protocol import Answer, Refusal
from explorer.experiments.request import ExperimentRequest
from explorer.jobs.errors import StoreError
from explorer.jobs.paths import DATA_VARIABLE
from explorer.language import N_

FIRST_FRESH_SEED = 2000
"""The pages' seeds are 0 to 4, and the defaults were chosen by those."""
LONGEST_SECONDS = 3600.0

Compute = Callable[[ExperimentRequest], Answer]


@dataclass(frozen=True)
class Checked:
    """A claim, what the result of its default request says of it, and the seconds that the result took."""

    claim: Claim
    outcome: Outcome
    seconds: float

    @property
    def is_as_declared(self) -> bool:
        """Whether it is not a claim that is declared to hold, and does not."""
        return self.claim.expected is not Verdict.HOLDS or self.outcome.verdict is Verdict.HOLDS


def fresh_request(request: ExperimentRequest, seeds: int) -> ExperimentRequest:
    """The request with other seeds. Raises SettingsError("seeds") for more than an experiment takes."""
    return replace(
        request,
        training=replace(request.training, seed=FIRST_FRESH_SEED),
        parameters={**request.parameters, "seeds": seeds},
    )


def compute(request: ExperimentRequest) -> Answer:
    """The answer, computed in processes of its own. Raises StoreError where there is none."""
    with empty_data_folder():
        run = ExperimentRun(request, seconds=LONGEST_SECONDS)
        try:
            line = run.wait(LONGEST_SECONDS)
        except BaseException:
            run.cancel()
            raise
    if isinstance(line, Answer):
        return line
    raise StoreError(line.message if isinstance(line, Refusal) else N_("There was no answer."))


@contextmanager
def empty_data_folder() -> Iterator[None]:
    """Inside, the data folder is an empty one: a result takes as long as for a visitor for whom nothing is trained."""
    before = os.environ.get(DATA_VARIABLE)
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        os.environ[DATA_VARIABLE] = folder
        try:
            yield
        finally:
            if before is None:
                del os.environ[DATA_VARIABLE]
            else:
                os.environ[DATA_VARIABLE] = before


class Computed:
    """Answers by their requests: several claims may be judged by one result, which is computed once."""

    def __init__(self, computing: Compute) -> None:
        self._computing = computing
        self._answers: dict[str, Answer] = {}

    def __call__(self, request: ExperimentRequest) -> Answer:
        """The answer. Raises what computing raises."""
        if request.key not in self._answers:
            self._answers[request.key] = self._computing(request)
        return self._answers[request.key]


def check(claim: Claim, seeds: int, computing: Compute = compute) -> Checked:
    """Computes the claim's default request with that many fresh seeds, and judges the result."""
    if claim.request is not None:
        answer = computing(fresh_request(claim.request(), seeds))
        return Checked(claim, claim.judge(answer.result), answer.seconds)
    assert claim.compute is not None
    started = perf_counter()
    result = claim.compute(range(FIRST_FRESH_SEED, FIRST_FRESH_SEED + seeds))
    return Checked(claim, claim.judge(result), perf_counter() - started)
