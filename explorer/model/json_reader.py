"""Reads JSON from outside: its length is limited, a repeated field is refused, and every error is a SpecError."""

import json
from collections.abc import Collection
from difflib import get_close_matches
from typing import Any

from explorer.model.errors import SpecError
from explorer.model.field_types import shown

LONGEST_JSON = 20_000
"""The longest JSON spec that is read, in characters."""


def parse_json(text: str, known: Collection[str]) -> Any:
    """The value of a JSON text. Raises SpecError where it is too long, no JSON, or gives a field twice."""
    if len(text) > LONGEST_JSON:
        raise SpecError("spec", f"{len(text):,} characters of JSON are more than the {LONGEST_JSON:,} allowed.")

    def without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for name, value in pairs:
            if name in values:  # JSON itself would silently drop the first
                field = name if name in known else "spec"
                raise SpecError(field, f"the field {shown(name)} is given twice; give it once.")
            values[name] = value
        return values

    try:
        return json.loads(text, object_pairs_hook=without_repeats)
    except SpecError:
        raise
    except (ValueError, RecursionError) as error:
        raise SpecError("spec", f"this is not JSON ({str(error)[:80]}).") from error


def unknown_field(name: object, known: Collection[str]) -> SpecError:
    """The error for an unknown field; its message suggests similar names."""
    near = get_close_matches(str(name)[:60], known, n=2) if isinstance(name, str) else []
    hint = f"did you mean {' or '.join(near)}?" if near else "see the documentation for their names."
    field = name if isinstance(name, str) and name.isidentifier() and len(name) <= 40 else "spec"
    return SpecError(field, f"there is no field called {shown(name)}; {hint}")
