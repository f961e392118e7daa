"""Where studies lie: those that ship, by name, and files anywhere."""

from collections.abc import Mapping
from pathlib import Path

from explorer.language import sentence
from explorer.studies.bounds import LONGEST_FILE
from explorer.studies.study import StudyError

FOLDER = Path(__file__).with_name("shipped")


def shipped() -> Mapping[str, Path]:
    """The files of the studies that ship, by the names that the command takes."""
    return {path.stem: path for path in sorted(FOLDER.glob("*.toml"))}


def read_file(name: str) -> str:
    """The text of a shipped study or of a file. Raises StudyError."""
    path = shipped().get(name, Path(name))
    try:
        with path.open(encoding="utf-8") as file:
            return file.read(LONGEST_FILE + 1)
    except UnicodeDecodeError:
        raise StudyError("study", sentence("{name} is not a text file; a study is TOML.", name=name[:60])) from None
    except (OSError, ValueError) as error:
        reason, names = getattr(error, "strerror", None) or str(error), ", ".join(shipped())
        told = sentence(
            "{name} cannot be read ({reason}); name a file, or one of {names}.",
            name=name[:60],
            reason=reason,
            names=names,
        )
        raise StudyError("study", told) from None
