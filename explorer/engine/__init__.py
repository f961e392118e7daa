"""The only torch of the project: lowering, data, the training loop and the worker process.

Nothing that serves pages imports this package; it meets the pages in the run store.
"""

from explorer.engine.jobs.identify import identify
from explorer.engine.lowering import build_module
from explorer.engine.training.loop import train

__all__ = ["build_module", "identify", "train"]
