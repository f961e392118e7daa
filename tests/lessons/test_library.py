"""Where lessons lie: by name, bounded, a dropped one by its content."""

from pathlib import Path

import pytest

from explorer.jobs.paths import DATA_VARIABLE
from explorer.lessons import library
from explorer.lessons.library import FOLDER_VARIABLE, MOST_BYTES, LessonFileError, decoded, keep_lesson, lesson_files
from explorer.lessons.library import lesson_text as text_of


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path / "data"))
    folders = [tmp_path / "zh_CN", tmp_path / "en"]
    for folder in folders:
        folder.mkdir()
        (folder / "depth.md").write_text(f"# {folder.name}")
    (folders[1] / "width.md").write_text("# width")
    return folders


def test_the_first_folder_has_its_own_and_the_next_the_rest(shipped: list[Path]) -> None:
    assert text_of("depth", shipped) == "# zh_CN"
    assert text_of("width", shipped) == "# width"
    assert set(lesson_files(shipped)) == {"depth", "width"}


def test_the_servers_folder_comes_before_those_that_ship(
    shipped: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "own"
    own.mkdir()
    monkeypatch.setenv(FOLDER_VARIABLE, str(own))
    (own / "depth.md").write_text("# mine")
    for name in ("Not A Name.md", "depth.html", "../x.md"):
        (own / Path(name).name).write_text("no lesson")
    assert text_of("depth", shipped) == "# mine"
    assert set(lesson_files(shipped)) == {"depth", "width", "x"}
    monkeypatch.setenv(FOLDER_VARIABLE, str(own / "gone"))
    assert text_of("depth", shipped) == "# zh_CN"


@pytest.mark.parametrize("name", ["", "..", "../en/depth", "/etc/passwd", "a" * 41, "DEPTH", "depth.md", "\0"])
def test_no_other_file_is_read(shipped: list[Path], name: str) -> None:
    assert text_of(name, shipped) is None


def test_a_dropped_lesson_has_the_name_of_its_content(shipped: list[Path]) -> None:
    name = keep_lesson("# Mine\n")
    assert keep_lesson("# Mine\n") == name != keep_lesson("# Yours\n")
    assert text_of(name, shipped) == "# Mine\n"
    assert name not in lesson_files(shipped)


def test_the_oldest_dropped_lesson_makes_room(
    shipped: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library, "MOST_DROPPED", 3)
    names = [keep_lesson(f"# {number}") for number in range(6)]
    assert len(list((tmp_path / "data" / "lessons").iterdir())) == 3
    assert text_of(names[-1], shipped) == "# 5"


@pytest.mark.parametrize("content", [b"x" * (MOST_BYTES + 1), b"\xff\xfe\x00", b"text \0"])
def test_what_is_no_text_of_a_bounded_size_is_a_sentence(content: bytes) -> None:
    with pytest.raises(LessonFileError, match=r"^The file is .*\.$"):
        decoded(content)
