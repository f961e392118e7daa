"""Which network a file of weights is. `python -m explorer.engine.jobs.identify` answers an `IdentifyRequest`."""

import sys
from pathlib import Path

from explorer.engine.files import WeightsError, open_weights
from explorer.identify.network import Progress, identify_listing
from explorer.identify.records import Identification
from explorer.jobs.child_side import SendProgress, answer_one, bound_growth, texts_of
from explorer.jobs.identification import IdentifyRequest


def identify(path: Path | str, progress: Progress = lambda done, total, what: None) -> Identification:
    """Which network of the residual family a file holds, told from the names and shapes of its tensors.

    Raises WeightsError, one sentence, for a file that cannot be read as weights.
    """
    return identify_listing(open_weights(Path(path)).listing, progress)


def work(request: IdentifyRequest, send_progress: SendProgress) -> Identification:
    """Reads the file's table of contents and identifies it. Raises WeightsError."""
    return identify(request.path, send_progress)


MOST_BYTES = 2 * 2**30
"""By how much the process may grow. A table of contents needs a few megabytes; an ONNX file is read as a whole."""


def bounded_work(request: IdentifyRequest, send_progress: SendProgress) -> Identification:
    """`work` in a process whose memory is bounded from then on. Raises WeightsError."""
    bound_growth(MOST_BYTES)
    return work(request, send_progress)


if __name__ == "__main__":
    sys.exit(answer_one(IdentifyRequest, bounded_work, texts_of(WeightsError)))
