"""What a page sends to our own views in the browser."""

import json
from typing import Any

from streamlit.testing.v1 import AppTest


def sent(app: AppTest, key: str) -> Any:
    """The data of the one view with this key."""
    (view,) = [each for each in app.get("bidi_component") if each.proto.id.endswith(f"-{key}")]
    return json.loads(view.proto.json)


def totals(app: AppTest) -> dict[str, str]:
    """Build's exact numbers, by name."""
    return {number["label"]: number["exact"] for number in sent(app, "totals")["numbers"]}
