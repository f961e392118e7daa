"""Names of folders that hold a part of a data set: for training, for validation, for testing."""

import re
import unicodedata
from collections.abc import Mapping
from types import MappingProxyType

TRAIN, VALIDATION, TEST = "train", "validation", "test"
WORDS: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("train", "training", "trn"), TRAIN),
        **dict.fromkeys(("val", "valid", "validation", "dev", "development"), VALIDATION),
        **dict.fromkeys(("test", "testing", "tst", "eval", "evaluation", "holdout"), TEST),
    }
)
FILLING = re.compile(r"(sets?|data|datasets?|images?|imgs?|pictures?|photos?|samples?|parts?|split)$")
"""What may follow the word and says no more: `trainset`, `training_set`, `test_images`."""


def part_of(name: str) -> str:
    """`train`, `validation` or `test` for a folder whose name says that and no more; else empty."""
    letters = re.sub(r"[\W_]+", "", unicodedata.normalize("NFC", name).casefold())
    while letters not in WORDS and (shorter := FILLING.sub("", letters)) != letters:
        letters = shorter
    return WORDS.get(letters, "")


def guessed_part_of(name: str) -> str:
    """The part that one of the name's words says, as in `seg_train` or `train2017`; empty where none does."""
    if part := part_of(name):
        return part
    found = {part for word in re.findall(r"[^\W\d_]+", name.casefold()) if (part := part_of(word))}
    return found.pop() if len(found) == 1 else ""
