"""The app's front door: `streamlit run explorer/app.py`. Routes to the pages, nothing else."""

import sys
from pathlib import Path

# Streamlit puts this file's folder on the search path, not the repository's root that `import explorer` needs.
ROOT = str(Path(__file__).parents[1])
if ROOT not in sys.path:
    sys.path.insert(0, ROOT)

from explorer.ui.app_frame import open_app

open_app()
