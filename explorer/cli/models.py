"""What MODEL means on the command line: a preset's name, a JSON spec, or a file that holds one."""

import json
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from explorer.model import PRESETS, ModelSpec, SpecError, preset
from explorer.model.json_reader import LONGEST_JSON

SHOWN = 60
"""Characters of a user's text that an error repeats."""
LONGEST_LABEL = 80
NO_FILE, NOT_TEXT = "there is no file {}.", "is not a text file; a spec is JSON."


def load_model(text: str) -> ModelSpec:
    """The spec that MODEL stands for. Raises SpecError, naming the field, for anything else."""
    if _is_json(text):
        return ModelSpec.from_json(text)
    return ModelSpec.from_json(_read(Path(text))) if _is_path(text) else preset(text)


def labels_of(texts: Sequence[str]) -> list[str]:
    """A name for each MODEL, each name once: the preset's, the file's, or of a spec what it changes."""
    labels: list[str] = []
    for text in texts:
        name, copy = _label(text), 1
        while (label := name if copy == 1 else f"{name} ({copy})") in labels:
            copy += 1
        labels.append(label)
    return labels


def _label(text: str) -> str:
    if not _is_json(text):
        return Path(text).stem if _is_path(text) else text
    try:
        fields = dict(json.loads(text))
    except (ValueError, TypeError, RecursionError):
        return "spec"
    base = str(fields.pop("preset", "spec"))
    changes = ",".join(f"{name}={json.dumps(value, separators=(',', ':'))}" for name, value in fields.items())
    label = f"{base}[{changes}]".replace('"', "") if changes else base
    return label if len(label) <= LONGEST_LABEL else f"{label[: LONGEST_LABEL - 1]}…"


def with_image_size(spec: ModelSpec, image_size: str | None) -> ModelSpec:
    """The spec for images of another size, `224` or `480x640` in height x width; None: its own. Raises SpecError."""
    if image_size is None:
        return spec
    try:
        sides = [int(side) for side in image_size.lower().split("x")]
    except ValueError:
        sides = []
    if not 1 <= len(sides) <= 2:
        raise SpecError("image_size", f"{image_size[:SHOWN]!r} is neither a whole number nor two, such as 480x640.")
    return replace(spec, image_size=sides[0], image_width=sides[1] if len(sides) > 1 else None)


def _is_json(text: str) -> bool:
    return text.lstrip()[:1] in {"{", "["}


def _is_path(text: str) -> bool:
    """A preset's name wins over a file's; no preset has a separator or `.json` in its name."""
    if text in PRESETS:
        return False
    try:
        return os.sep in text or "/" in text or text.endswith(".json") or Path(text).is_file()
    except OSError:
        return False


def _read(path: Path) -> str:
    """The text of a spec file; never more than a spec can be long."""
    shown = str(path)[:SHOWN]
    try:
        with path.open(encoding="utf-8") as file:
            text = file.read(LONGEST_JSON + 1)
    except FileNotFoundError:
        raise SpecError("model", NO_FILE.format(shown)) from None
    except UnicodeDecodeError:
        raise SpecError("model", f"{shown} {NOT_TEXT}") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise SpecError("model", f"{shown} cannot be read ({reason}).") from None
    if len(text) > LONGEST_JSON:
        raise SpecError("model", f"{shown} is longer than the {LONGEST_JSON:,} characters that a spec may have.")
    return text
