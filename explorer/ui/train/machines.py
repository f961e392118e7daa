"""Which machine trains a run, or trained it, as the pages name it."""

import socket
from collections.abc import Iterable

from explorer.jobs.process_identity import Identity
from explorer.language import _
from explorer.runs.records import RunRecord
from explorer.ui.common.markdown import escaped

MOST_NAMED = 4
"""Workers in a caption; a longer list says little."""


def with_host(device: str, host: str) -> str:
    """A device's name, and the machine's where it is not the server's."""
    return device if not host or host == socket.gethostname() else f"{device}, {host}"


def workers_caption(runs: Iterable[RunRecord]) -> str:
    """What trains the runs, or trained them, as Markdown: machine, process, device and versions; empty for none."""
    texts = list(dict.fromkeys(_worker(run) for run in runs if run.device))
    shown = [escaped(text) for text in texts[:MOST_NAMED]] + ["…"] * (len(texts) > MOST_NAMED)
    return _("Trained by {workers}.").format(workers="; ".join(shown)) if shown else ""


def _worker(run: RunRecord) -> str:
    holder = Identity.parse(run.worker or "")
    process = _("process {pid}").format(pid=holder.pid) if holder else ""
    versions = (f"{name} {version}" for name, version in run.versions.items())
    return ", ".join(filter(None, (run.host, process, run.device, *versions)))
