"""What a file of weights that fits does not say, in a sentence for page and command line."""

from explorer.analysis.same_tensors import undecided_choices
from explorer.model import ModelSpec


def undecided_sentence(spec: ModelSpec) -> str:
    """One sentence; empty where names and shapes of the tensors decide every choice."""
    listed = ", ".join(f"{name} ({', '.join(values)})" for name, values in undecided_choices(spec).items())
    same = "Networks with other choices have the same names and shapes, and the file does not say which it is of"
    return f"{same}: {listed}." if listed else ""
