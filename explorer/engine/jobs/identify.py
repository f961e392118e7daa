"""Which network a file of weights is. `python -m explorer.engine.jobs.identify` answers an `IdentifyRequest`."""

import sys
from pathlib import Path

from explorer.engine.files import WeightsError, open_weights
from explorer.engine.identification import dataset_images, file_tensors, photographs, weigh
from explorer.identify.network import identify_listing, with_names
from explorer.identify.records import Identification
from explorer.jobs.child_side import SendProgress, answer_one, bound_growth, texts_of
from explorer.jobs.errors import SettingsError
from explorer.jobs.identification import PHOTOGRAPHS, IdentifyRequest

MOST_BYTES = 4 * 2**30
"""By how much the process may grow: a table of contents needs megabytes, networks that are run on images much more."""


def identify(
    path: Path | str, progress: SendProgress = lambda done, total, what: None, images: str = ""
) -> Identification:
    """Which network of the residual family a file holds, told from the names and shapes of its tensors.

    With `images`, `PHOTOGRAPHS` or the name of a data set, candidates with these shapes are run on images and held to
    what the file's norms remember; labels decide what is left. Raises WeightsError, one sentence, for a file that
    cannot be read as weights, and SettingsError for images that are not there.
    """
    file = open_weights(Path(path))
    found = identify_listing(file.listing, progress)
    if not images or found.spec is None or found.grade == "unknown":
        return found
    shown = photographs(found.spec) if images == PHOTOGRAPHS else dataset_images(images, found.spec)
    weighed = weigh(found, file_tensors(found, file), shown, progress)
    return weighed if weighed.spec == found.spec else with_names(weighed, file.listing)


def work(request: IdentifyRequest, send_progress: SendProgress) -> Identification:
    """Reads the file and identifies it. Raises WeightsError and SettingsError."""
    return identify(request.path, send_progress, request.images)


def bounded_work(request: IdentifyRequest, send_progress: SendProgress) -> Identification:
    """`work` in a process whose memory is bounded from then on. Raises WeightsError and SettingsError."""
    bound_growth(MOST_BYTES)
    return work(request, send_progress)


if __name__ == "__main__":
    sys.exit(answer_one(IdentifyRequest, bounded_work, texts_of(WeightsError, SettingsError)))
