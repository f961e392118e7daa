"""What the pictures of a data set themselves say: the same one twice, classes in one part only, unequal classes."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from explorer.datasets.findings import Finding

STRONG_IMBALANCE = 4
"""The largest class in training over the smallest, from which it is said."""


@dataclass(frozen=True)
class Read:
    """A picture that was read: its file, class and part, and the digests of the file and of its pixels."""

    path: str
    class_name: str
    part: str
    file: bytes
    content: bytes

    def in_part(self, part: str) -> "Read":
        """The same picture in another part."""
        return replace(self, part=part)


def content_findings(read: Sequence[Read]) -> Iterator[Finding]:
    """Findings on pictures that all have a part, `train` or `test`."""
    yield from _classes_in_one_part(read)
    yield from _names_that_differ_in_case({each.class_name for each in read})
    yield from _same_picture(read, "both_parts", lambda each: each.part)
    yield from _same_picture(read, "two_labels", lambda each: each.class_name)
    yield from _imbalance(read)


def _classes_in_one_part(read: Sequence[Read]) -> Iterator[Finding]:
    parts = defaultdict(set)
    for each in read:
        parts[each.class_name].add(each.part)
    if alone := tuple(f"{name} ({min(found)})" for name, found in sorted(parts.items()) if len(found) == 1):
        yield Finding("one_part", alone, len(alone))


def _names_that_differ_in_case(names: set[str]) -> Iterator[Finding]:
    """Names that are one but for the case of their letters and spaces at their ends, such as `Cat` and `cat`."""
    alike = defaultdict(list)
    for name in sorted(names):
        alike[name.casefold().strip()].append(name)
    if groups := [" / ".join(group) for group in alike.values() if len(group) > 1]:
        yield Finding("letter_case", tuple(groups), len(groups))


def _same_picture(read: Sequence[Read], kind: str, trait: Callable[[Read], str]) -> Iterator[Finding]:
    """Pictures that occur with more than one value of a trait, each as its first two files."""
    copies: dict[bytes, dict[str, str]] = defaultdict(dict)
    for each in read:
        copies[each.content].setdefault(trait(each), each.path)
    pairs = [" = ".join(list(found.values())[:2]) for found in copies.values() if len(found) > 1]
    if pairs:
        yield Finding(kind, tuple(pairs[:100]), len(pairs))


def _imbalance(read: Sequence[Read]) -> Iterator[Finding]:
    """The test error in per cent of always guessing the class that is largest in training, where it is much larger."""
    train = Counter(each.class_name for each in read if each.part == "train")
    test = Counter(each.class_name for each in read if each.part == "test")
    largest, most = max(train.items(), key=lambda item: item[1], default=("", 0))
    least = min(train.values(), default=0)
    if test.total() and most >= STRONG_IMBALANCE * max(least, 1):
        yield Finding("imbalance", (largest,), most // least, 1 - test[largest] / test.total())
