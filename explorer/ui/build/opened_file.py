"""The file of weights that a visit has opened on Build: its copy on the server, its process, and the answer."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, cast
from weakref import finalize

import streamlit as st

from explorer.identify.records import Identification
from explorer.identify.undecided import same_shapes
from explorer.language import _, told
from explorer.model import ModelSpec, SpecError
from explorer.outputs.formatting import whole
from explorer.ui.build import state
from explorer.ui.build.draft import Draft
from explorer.ui.build.open_values import OpenValues, open_values
from explorer.ui.common.lesson_step import is_locked
from explorer.ui.common.networks import network_name

if TYPE_CHECKING:
    from explorer.jobs.one_shot import OneShot

OPENED = "build.opened_file"
ANY_SIZE = ("image_size", "image_width")
"""Fields of which no file says anything: the network of a file stays that of the file at another image size."""


@dataclass(eq=False)
class OpenedFile:
    """A file that a visitor has uploaded, and the copy of it in a folder of its own.

    The copy is removed with the visit, and when the file is closed or another one is opened.
    """

    name: str
    folder: Path
    job: "OneShot[Identification]"
    """Reads names and shapes."""
    weighing: "OneShot[Identification] | None" = None
    """Asks the values of the tensors too."""
    taken: Identification | None = None
    """The answer whose network the controls have been given."""

    def __post_init__(self) -> None:
        self._remove = finalize(self, shutil.rmtree, self.folder, ignore_errors=True)

    @property
    def path(self) -> Path:
        """The copy on the server."""
        return self.folder / self.name

    def close(self) -> None:
        """Ends the process and removes the copy."""
        self.job.cancel()
        if self.weighing is not None:
            self.weighing.cancel()
        self._remove()

    @property
    def running(self) -> "OneShot[Identification] | None":
        """The process at work; None where none is."""
        return next((job for job in (self.job, self.weighing) if job is not None and not job.done), None)

    @property
    def identification(self) -> Identification | None:
        """The answer that knows most; None where there is none (yet)."""
        weighed = self.weighing.answer if self.weighing is not None else None
        return weighed or self.job.answer

    @property
    def error(self) -> str:
        """Why the last process that ended gave no answer; empty where it gave one."""
        return told(self.job.error or (self.weighing.error if self.weighing is not None else ""))


def opened_file() -> OpenedFile | None:
    """The file that this visit has opened."""
    return cast(OpenedFile | None, st.session_state.get(OPENED))


def open_file(name: str, data: memoryview | bytes) -> str:
    """Copies a file and begins to identify it; returns a sentence where that cannot be done, else an empty text."""
    # Imported here for speed: the first page waits for this module.
    from explorer.jobs.identification import start_identification
    from explorer.jobs.one_shot import ChildError

    close_file()
    try:
        folder = Path(mkdtemp(prefix="residual-explorer-file-"))
        path = folder / (Path(name).name or "file")
        path.write_bytes(data)
        st.session_state[OPENED] = OpenedFile(path.name, folder, start_identification(path))
    except (OSError, ChildError) as error:
        return _("{name} could not be opened here: {error}").format(name=Path(name).name, error=error)
    return ""


def ask_weights(file: OpenedFile, images: str) -> None:
    """Begins to ask the values of the file's tensors, on these images."""
    from explorer.jobs.identification import start_identification

    file.weighing = start_identification(file.path, images)


def close_file() -> None:
    """Forgets the file and removes its copy; the network stays in the controls."""
    if before := opened_file():
        before.close()
        del st.session_state[OPENED]


def take_answer() -> None:
    """Gives the controls the file's network, once."""
    file = None if is_locked("preset") else opened_file()
    if file is not None and file.identification is not None and file.identification is not file.taken:
        file.taken = file.identification
        if file.identification.grade != "unknown":
            show_network(file.identification)


def show_network(found: Identification) -> None:
    """Gives the controls the network of a file, or the nearest one."""
    if found.spec is not None:
        state.replace_draft(Draft.from_query({"net": [network_name(found.spec)]}))


def network_of_file(spec: ModelSpec | None) -> Identification | None:
    """The answer for the opened file, where `spec` is its network, whatever stands in the undecided fields."""
    file = opened_file()
    found = file.identification if file is not None else None
    if found is None or found.spec is None or spec is None or found.grade == "unknown":
        return None
    free = {name: getattr(found.spec, name) for name in (*found.undecided, *ANY_SIZE)}
    try:
        is_of_file = replace(spec, **free) == found.spec and same_shapes(found.spec)(spec)
    except SpecError:
        return None  # The file's values do not fit together with the others of this network.
    return found if is_of_file else None


def open_fields(spec: ModelSpec | None) -> Mapping[str, OpenValues]:
    """The fields that the opened file leaves undecided, with their possible values; empty for another network."""
    found = network_of_file(spec)
    return open_values(found) if found is not None else {}


def file_badge_text(spec: ModelSpec) -> str:
    """`from FILE, n of m tensors`; empty where `spec` is not the network of the opened file."""
    file, found = opened_file(), network_of_file(spec)
    if file is None or found is None:
        return ""
    return _("from {file}, {part} of {all} tensors").format(
        file=file.name, part=whole(found.explained.tensors), all=whole(found.explained.of)
    )
