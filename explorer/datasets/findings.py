"""What a reader should know about own images before anything is trained: found as values, said by one table."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

NAMED = 6
"""Classes, folders or files that a sentence names; the others are counted."""


@dataclass(frozen=True)
class Finding:
    """One thing found: its kind (a key of SENTENCES), what it concerns, a count, and a share from 0 to 1."""

    kind: str
    names: tuple[str, ...] = ()
    count: int = 0
    share: float = 0.0


SENTENCES: Mapping[str, str] = MappingProxyType(
    {
        "empty": "No image could be read in: {names}.",
        "copies": "Copies of other images, left out: {count:,}.",
        "one_part": "In one part only, so trained without a test or tested without training: {names}.",
        "letter_case": "Classes that differ in capital letters only: {names}. If they are one, give them one name.",
        "both_parts": "Pictures in the training part and in the test part, so that the test error is too small:"
        " {count:,}, such as {names}.",
        "two_labels": "Pictures under two classes: {count:,}, such as {names}.",
        "masks": "Masks of other pictures, left out: {count:,}, in {names}.",
        "unlabelled_part": "Pictures without class folders, so without labels, left out: {count:,}, in {names}.",
        "third_part": "Pictures of a third part, left out: {count:,}, in {names}.",
        "stray": "Pictures in no class folder, left out: {count:,}, such as {names}.",
        "imbalance": "The largest class has {count:,} times the pictures of the smallest. Who always answers {names}"
        " has a test error of {share:.1%}.",
        "own_range": "Grey pictures of more than eight bits, each brought from its own range to 0 to 255: {count:,}.",
        "parts_or_classes": "It is a guess whether these folders are parts or classes: {names}.",
    }
)


def sentence_of(finding: Finding) -> str:
    """The finding in a sentence."""
    more = len(finding.names) - NAMED
    names = ", ".join(finding.names[:NAMED]) + (f" and {more:,} more" if more > 0 else "")
    return SENTENCES[finding.kind].format(names=names, count=finding.count, share=finding.share)
