"""Work on a GPU that is recorded once and then repeated in one launch.

A small network's step is some hundred kernels of a few microseconds each: launched one by one from Python, the GPU
waits most of the time. A CUDA graph launches them together (PyTorch's notes on CUDA semantics, "CUDA Graphs").
"""

import logging
from collections.abc import Callable
from typing import Generic, TypeVar

import torch

LOG = logging.getLogger("explorer.engine")

Outcome = TypeVar("Outcome")

Recorder = Callable[[Callable[[], Outcome]], tuple[Callable[[], None], Outcome]]
"""Records work without doing it: gives what does it, and the tensors in which each repetition leaves its outcome.

Raises RuntimeError for work that cannot be recorded.
"""

WARM_UP = 3
"""Times that work is done by itself first: libraries choose their kernels and take their memory then."""


class CudaGraphRunner(Generic[Outcome]):
    """Does the same work at every call: by itself at first, then from a recording, if there is a recorder.

    The work may read and write tensors that stay where they are, and nothing else. Where it cannot be recorded it goes
    on being done by itself, and `refusal` says why. A recorded outcome is overwritten by the next call.
    """

    def __init__(self, work: Callable[[], Outcome], recorder: Recorder[Outcome] | None) -> None:
        self._work = work
        self._recorder = recorder
        self._done = 0
        self._recorded: tuple[Callable[[], None], Outcome] | None = None
        self.refusal = ""

    def __call__(self) -> Outcome:
        """Does the work once."""
        if self._recorder is not None and self._done >= WARM_UP:
            self._record(self._recorder)
        if self._recorded is None:
            self._done += 1
            return self._work()
        repeat, outcome = self._recorded
        repeat()
        return outcome

    def _record(self, recorder: Recorder[Outcome]) -> None:
        self._recorder = None
        try:
            self._recorded = recorder(self._work)
        except RuntimeError as error:
            self.refusal = (str(error) or type(error).__name__).splitlines()[0]
            LOG.warning("A step cannot be recorded and is launched piece by piece: %s", self.refusal)


class CudaRecorder:
    """Records on a stream of its own, which becomes the current one.

    Everything that touches the same parameters has to be on this stream from the first step on: autograd accumulates a
    gradient on the stream that first used its parameter. All recordings share one pool of memory, since none needs what
    another left there; so an outcome has to be copied before another recording is repeated.
    """

    def __init__(self, device: torch.device) -> None:
        self._stream = torch.cuda.Stream(device)  # type: ignore[no-untyped-call]
        self._stream.wait_stream(torch.cuda.current_stream(device))
        torch.cuda.set_stream(self._stream)
        self._pool = torch.cuda.graph_pool_handle()

    def __call__(self, work: Callable[[], Outcome]) -> tuple[Callable[[], None], Outcome]:
        """See `Recorder`. Only this thread's forbidden calls count: a worker's other threads never touch the GPU."""
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph, pool=self._pool, stream=self._stream, capture_error_mode="thread_local"):
            outcome = work()
        return graph.replay, outcome
