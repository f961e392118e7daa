"""plotly.js for our own view, served from the folder that Streamlit serves for an app.

It comes with the Python package plotly, 4.8 MB; it is copied once beside `app.py` instead of being kept in the
repository a second time, and named after its version, so that a browser never keeps an old one.
"""

import os
import shutil
from functools import lru_cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

STATIC = Path(__file__).parents[2] / "static"


@lru_cache(maxsize=1)
def plotly_address() -> str | None:
    """The address of plotly.js below the app's own; None where it cannot be served (a folder that is not writable)."""
    package = find_spec("plotly")
    if package is None or package.origin is None:
        return None
    name = f"plotly-{version('plotly')}.min.js"
    if not (STATIC / name).is_file():
        try:
            STATIC.mkdir(exist_ok=True)
            partly = STATIC / f"{name}.{os.getpid()}.part"  # another server may start at the same moment
            shutil.copyfile(Path(package.origin).parent / "package_data" / "plotly.min.js", partly)
            partly.replace(STATIC / name)
        except OSError:
            return None
    return f"app/static/{name}"
