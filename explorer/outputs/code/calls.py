"""Writes constructor calls: which arguments are written, in which order, and how."""

import json
from collections.abc import Mapping
from typing import Any

from explorer.outputs.code.layout import Call
from explorer.outputs.code.library import Signature, library


def literal(value: object) -> str:
    """A constant as Python text."""
    return json.dumps(value) if isinstance(value, str) else repr(value)


def constructor(
    name: str, values: Mapping[str, Any], written: Mapping[str, str], signature: Signature | None = None
) -> Call:
    """`name(...)` with a field's text from `written`, else its constant; what equals the default is left out.

    `signature` is that of a generated class. A class that nobody knows has every argument written by name.
    """
    known = signature or library().signature(name)
    reference = name if signature else library().reference(name)
    arguments = []
    by_position = True
    for field, value in values.items():
        text = written.get(field, literal(value))
        if known is not None and field in known.defaults:
            by_position = False
            if field not in written and value == known.defaults[field]:
                continue
        if signature is not None:
            by_position = field in signature.positional
        arguments.append(text if known is not None and by_position else f"{field}={text}")
    return Call(f"{reference}(", tuple(arguments))
