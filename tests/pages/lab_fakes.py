"""A job manager that computes nothing: it answers at once with numbers that a test can calculate."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from explorer.experiments import Answer, ExperimentRequest, Progress, Refusal, ResultCache
from explorer.experiments.catalogue.depth_sweep import DepthPoint, DepthSweepResult
from explorer.experiments.catalogue.lambda_sweep import LambdaPoint, LambdaResult, ShortcutChain
from explorer.experiments.catalogue.short_training import ShortTrainingResult
from explorer.experiments.catalogue.signal_and_gradient import SignalNetwork, SignalReading, SignalResult
from explorer.experiments.catalogue.starts import StartPoint, StartsResult, started
from explorer.experiments.protocol import Line
from explorer.experiments.result import ExperimentResult, Training
from explorer.model import assemble
from explorer.model.changes import plain_twin, with_equal_stages
from explorer.ui.measuring import jobs

NAN = float("nan")
CHAIN = 8


def training(label: str, loss: float, seed: int = 0) -> Training:
    return Training(label, seed, (0, 10, 20), (2.3, 1.0, loss), loss, 100 * loss, 1.0)


def paths(request: ExperimentRequest, number: int) -> tuple[str, ...]:
    return tuple(placed.path for _, placed in assemble(request.networks[number].spec).placed_blocks() if placed.path)


def signal(request: ExperimentRequest) -> SignalResult:
    """Gradients that double from block to block towards the input; branches of 0 where they start at 0."""
    networks = []
    for number, subject in enumerate(request.networks):
        blocks = paths(request, number)
        up = tuple(2.0 ** (len(blocks) - place) for place in range(len(blocks)))
        one = (1.0,) * len(blocks)
        plain = subject.spec.shortcut == "none"
        branch = (NAN if plain else 0.0 if subject.spec.zero_init_residual else 0.5,) * len(blocks)
        steps = [each for each in request.parameters["readings"] if each <= request.training.steps]
        readings = tuple(SignalReading(step, 2.3, one, one, branch, branch, branch, up, up) for step in steps)
        networks.append(SignalNetwork(subject.label, blocks, readings, training(subject.label, 0.5)))
    return SignalResult(tuple(networks))


def factors(request: ExperimentRequest) -> LambdaResult:
    """One chain of `CHAIN` blocks that keeps to theory."""
    points = []
    for factor in sorted(request.parameters["factors"]):
        product = factor**CHAIN
        chain = ShortcutChain("layer1", CHAIN, product, product, 1.5)
        points.append(LambdaPoint(factor, (chain,), (product,), training(f"λ = {factor:g}", abs(1 - factor) + 0.01)))
    return LambdaResult(tuple(points))


def comparison(request: ExperimentRequest) -> ShortTrainingResult:
    """Losses of .1, .2, ... in the order of the networks."""
    seeds = range(request.parameters["seeds"])
    found = [
        training(subject.label, 0.1 * (place + 1), seed)
        for seed in seeds
        for place, subject in enumerate(request.networks)
    ]
    return ShortTrainingResult(tuple(found))


def sweep(request: ExperimentRequest) -> DepthSweepResult:
    """A plain network's loss is a hundredth of its depth, a residual one's a thousandth."""
    points = []
    for blocks in request.parameters["blocks"]:
        for plain in (True, False):
            base = request.networks[0].spec
            depth = with_equal_stages(plain_twin(base) or base if plain else base, blocks).depth
            label = f"{'plain' if plain else 'residual'}-{depth}"
            points.append(DepthPoint(depth, plain, training(label, depth / (100 if plain else 1000))))
    return DepthSweepResult(tuple(points))


def starts(request: ExperimentRequest) -> StartsResult:
    """He's weights run away with shortcuts and only guess without; from all others the loss is .2."""
    points = []
    for seed in range(request.parameters["seeds"]):
        for subject, start in started(request):
            blocks = paths(request, request.networks.index(subject))
            up, plain = tuple(2.0**place for place in range(len(blocks))), subject.spec.shortcut == "none"
            reading = SignalReading(0, 2.3, up, up, (NAN if plain else 0.0,) * len(blocks), up, up, up, up)
            account = training(subject.label, 2.3 if start == "he" else 0.2, seed)
            if start == "he" and not plain:
                account = replace(account, train_loss=NAN, test_error=NAN, diverged="It ran away.")
            points.append(StartPoint(subject.label, start, blocks, reading, account))
    return StartsResult(tuple(points))


RESULTS: dict[str, Callable[[ExperimentRequest], ExperimentResult]] = {
    "signal_and_gradient": signal,
    "lambda_sweep": factors,
    "short_race": comparison,
    "depth_sweep": sweep,
    "starts": starts,
}


class FakeRun:
    """A run with a given latest line."""

    def __init__(self, request: ExperimentRequest, latest: Line) -> None:
        self.request = request
        self.latest: Line = latest
        self.cancelled = False

    @property
    def is_over(self) -> bool:
        return not isinstance(self.latest, Progress)

    def cancel(self) -> None:
        self.cancelled = True
        self.latest = Refusal("Cancelled.")


@dataclass
class FakeJobManager:
    """The page's job manager, the requests that it got, and how it responds to them."""

    folder: Path
    requests: list[ExperimentRequest] = field(default_factory=list)
    runs: list[FakeRun] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.respond: Callable[[ExperimentRequest], Line] = self.result
        self.forget_jobs()

    def forget_jobs(self) -> None:
        """A server that was started again: kept results are all it has."""
        self.manager = jobs.JobManager(ResultCache(self.folder), self._begin)
        self.manager.prepare = lambda: None  # type: ignore[method-assign]
        jobs.manager.clear()

    def result(self, request: ExperimentRequest) -> Answer:
        return Answer(RESULTS[request.experiment](request), 3.0)

    def _begin(self, request: ExperimentRequest, kept: ResultCache) -> FakeRun:
        self.requests.append(request)
        self.runs.append(FakeRun(request, self.respond(request)))
        if isinstance(self.runs[-1].latest, Answer):
            kept.put(request, self.runs[-1].latest)
        return self.runs[-1]


@pytest.fixture
def job_manager(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeJobManager]:
    fake = FakeJobManager(tmp_path / "results")
    monkeypatch.setattr(jobs, "make_manager", lambda: fake.manager)
    jobs.manager.clear()
    yield fake
    jobs.manager.clear()
