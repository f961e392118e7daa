"""What a file of weights that fits does not say, in a sentence for page and command line."""

from explorer.analysis.same_tensors import undecided_choices
from explorer.language import _
from explorer.model import ModelSpec


def undecided_sentence(spec: ModelSpec) -> str:
    """One sentence; empty where names and shapes of the tensors decide every choice."""
    listed = ", ".join(f"{name} ({', '.join(values)})" for name, values in undecided_choices(spec).items())
    sentence = _(
        "Networks with other choices have the same names and shapes, and the file does not say which it is of:"
        " {choices}."
    )
    return sentence.format(choices=listed) if listed else ""
