"""The lines of JSON that an experiment's process writes: progress, then one result or one error."""

from dataclasses import dataclass
from typing import Any

from explorer.experiments.catalogue import result_from_dict
from explorer.experiments.result import ExperimentResult, Progress, Training
from explorer.jobs.codec import from_line, from_plain, to_line, to_plain
from explorer.language import Text


@dataclass(frozen=True)
class Answer:
    """A finished experiment: its result and the seconds that it took."""

    result: ExperimentResult
    seconds: float


@dataclass(frozen=True)
class Refusal:
    """An experiment that failed: a sentence, and the field that caused it where there is one."""

    message: Text
    field: str = ""


Line = Progress | Answer | Refusal


def progress_line(progress: Progress, *, with_picture: bool = True) -> str:
    """Progress as a line; `with_picture`: with what is known so far."""
    values: dict[str, Any] = {"done": progress.done, "total": progress.total, "what": to_plain(progress.what)}
    if with_picture and progress.so_far is not None:
        values["so_far"] = result_values(progress.so_far)
    if progress.trainings:
        values["trainings"] = to_plain(progress.trainings)
    return to_line({"progress": values})


def result_line(result: ExperimentResult, seconds: float) -> str:
    """A result as a line."""
    return to_line({"result": result_values(result), "seconds": round(seconds, 3)})


def error_line(message: Text, field: str = "") -> str:
    """An error as a line."""
    return to_line({"error": to_plain(message), "field": field})


def result_values(result: ExperimentResult) -> dict[str, Any]:
    """The result as JSON values, its kind under `kind`."""
    return {"kind": result.kind, **to_plain(result)}


def read_line(line: str) -> Line:
    """The content of a line. Raises ValueError for one that no experiment has written."""
    values = from_line(line)
    if "result" in values:
        return Answer(result_from_dict(values["result"]), float(values.get("seconds", 0.0)))
    if "error" in values:
        return Refusal(from_plain(Text, values["error"]), str(values.get("field", "")))
    progress = values["progress"]
    so_far = result_from_dict(progress["so_far"]) if "so_far" in progress else None
    trainings = from_plain(tuple[Training, ...], progress.get("trainings", []))
    return Progress(
        int(progress["done"]), int(progress["total"]), from_plain(Text, progress["what"]), so_far, trainings
    )
