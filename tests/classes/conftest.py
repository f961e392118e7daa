"""Fixtures of the tests of classes: an empty store, a class in it, and its teacher."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from explorer.classes.questions import NewQuestion
from explorer.classes.records import ClassRoom
from explorer.classes.store.store import ClassStore
from explorer.classes.store.teaching import Teaching

CHOICES = NewQuestion("Is deeper better?", options=("Yes", "No", "It depends"))


@dataclass
class Taught:
    """A class, its teacher and the teacher's key."""

    room: ClassRoom
    key: str
    teacher: Teaching


@pytest.fixture
def classes(data_directory: Path) -> Iterator[ClassStore]:
    store = ClassStore()
    yield store
    store.close()


@pytest.fixture
def taught(classes: ClassStore) -> Taught:
    room, key = classes.open_class()
    teacher = classes.teaching(key)
    assert teacher is not None
    return Taught(room, key, teacher)
