"""What a reader should know about own images before anything is trained: found as values, said by one table."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from explorer.language import N_, Sentence, few, sentence

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
        "empty": N_("No image could be read in: {names}."),
        "copies": N_("Copies of other images, left out: {count:,}."),
        "one_part": N_("In one part only, so trained without a test or tested without training: {names}."),
        "letter_case": N_("Classes that differ in capital letters only: {names}. If they are one, give them one name."),
        "both_parts": N_(
            "Pictures in the training part and in the test part, so that the test error is too small:"
            " {count:,}, such as {names}."
        ),
        "two_labels": N_("Pictures under two classes: {count:,}, such as {names}."),
        "masks": N_("Masks of other pictures, left out: {count:,}, in {names}."),
        "unlabelled_part": N_("Pictures without class folders, so without labels, left out: {count:,}, in {names}."),
        "third_part": N_("Pictures of a third part, left out: {count:,}, in {names}."),
        "stray": N_("Pictures in no class folder, left out: {count:,}, such as {names}."),
        "imbalance": N_(
            "The largest class has {count:,} times the pictures of the smallest. Who always answers {names}"
            " has a test error of {share:.1%}."
        ),
        "own_range": N_(
            "Grey pictures of more than eight bits, each brought from its own range to 0 to 255: {count:,}."
        ),
        "parts_or_classes": N_("It is a guess whether these folders are parts or classes: {names}."),
    }
)


def sentence_of(finding: Finding) -> Sentence:
    """The finding in a sentence."""
    return sentence(SENTENCES[finding.kind], names=few(finding.names, NAMED), count=finding.count, share=finding.share)
