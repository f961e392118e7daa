"""One suite over a folder, memory and S3: whole or not at all, checked when read, errors in a sentence."""

from pathlib import Path

import pytest

from explorer.artifacts.store import ArtifactStore, _file_system
from explorer.jobs.errors import StoreError
from tests.artifacts.conftest import BUCKET

NAME = "checkpoints/0123abcd"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "source"
    path.write_bytes(b"first")
    return path


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "elsewhere" / "target"


def contents(store: ArtifactStore) -> list[str]:
    """The paths of all contents, below the store's root."""
    files, root = _file_system(store.address)
    return sorted(path.rpartition("contents/")[2] for path in files.find(f"{root}/contents"))


def overwrite(store: ArtifactStore, content: bytes) -> None:
    files, root = _file_system(store.address)
    (path,) = files.find(f"{root}/contents")
    files.pipe_file(path, content)


def test_what_was_put_is_got_and_the_newest_takes_the_place_of_the_last(
    artifacts: ArtifactStore, source: Path, target: Path
) -> None:
    artifacts.check()
    assert not artifacts.get(NAME, target)
    assert artifacts.names("checkpoints") == set()
    artifacts.put(NAME, source)
    assert artifacts.get(NAME, target)
    assert target.read_bytes() == b"first"
    source.write_bytes(b"second, longer")
    artifacts.put(NAME, source)
    assert artifacts.get(NAME, target)
    assert target.read_bytes() == b"second, longer"
    version = artifacts.version(NAME)
    assert version is not None
    assert contents(artifacts) == [f"{NAME}/{version.digest}"]
    assert artifacts.names("checkpoints") == {"0123abcd"}
    assert artifacts.names("datasets") == set()


def test_an_equal_file_is_neither_written_nor_fetched_again(
    artifacts: ArtifactStore, source: Path, target: Path
) -> None:
    artifacts.put(NAME, source)
    assert artifacts.get(NAME, target)
    overwrite(artifacts, b"other")
    before = target.stat()
    artifacts.put(NAME, source)
    assert artifacts.get(NAME, target)
    assert (target.stat().st_ino, target.read_bytes()) == (before.st_ino, b"first")


@pytest.mark.parametrize("damage", [b"fir", b"FIRST", b""], ids=["cut short", "other bytes", "empty"])
def test_damaged_content_counts_as_missing_and_leaves_what_was_there(
    artifacts: ArtifactStore, source: Path, target: Path, damage: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    artifacts.put(NAME, source)
    overwrite(artifacts, damage)
    target.parent.mkdir()
    target.write_bytes(b"older")
    assert not artifacts.get(NAME, target)
    assert "missing or damaged" in caplog.text
    assert [path.name for path in target.parent.iterdir()] == ["target"]
    assert target.read_bytes() == b"older"


def test_a_deletion_takes_every_version_along(artifacts: ArtifactStore, source: Path, target: Path) -> None:
    artifacts.put(NAME, source)
    artifacts.put(f"{NAME}5", source)
    artifacts.delete(NAME)
    artifacts.delete(NAME)
    assert not artifacts.get(NAME, target)
    assert artifacts.get(f"{NAME}5", target)
    assert len(contents(artifacts)) == 1


def test_a_broken_upload_leaves_the_version_before(
    artifacts: ArtifactStore, source: Path, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    artifacts.put(NAME, source)
    source.write_bytes(b"second")
    files, _ = _file_system(artifacts.address)

    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as full:
        full.setattr(files, "put_file", fail)
        with pytest.raises(StoreError, match="No space left"):
            artifacts.put(NAME, source)
    assert artifacts.get(NAME, target)
    assert target.read_bytes() == b"first"


@pytest.mark.parametrize("name", ["../x", "checkpoints/../x", "checkpoints", "checkpoints/a b", "/etc/passwd", ""])
def test_a_name_leads_nowhere_else(name: str, source: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no artifact's name"):
        ArtifactStore(str(tmp_path)).put(name, source)


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("/proc/none/shared", "/proc/none/shared"),
        ("nonsense://key:hidden@place/prefix", "nonsense://place/prefix: this is no address"),
        (f"s3://key:hidden@{BUCKET}-2/prefix?secret=hidden", f"s3://{BUCKET}-2/prefix: "),
        ("s3://no-such-bucket", "there is no such folder or bucket"),
    ],
)
def test_a_place_that_cannot_be_written_is_one_sentence_without_secrets(
    address: str, said: str, s3_server: str
) -> None:
    with pytest.raises(StoreError) as caught:
        ArtifactStore(address).check()
    assert str(caught.value).startswith("Artifacts cannot be written to ")
    assert said in str(caught.value)
    assert "hidden" not in str(caught.value)
    assert caught.value.__suppress_context__, "a traceback would show the first error's text"


def test_an_error_s_own_text_is_not_repeated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied: key AKIAHIDDEN")

    files, _ = _file_system(str(tmp_path))
    with monkeypatch.context() as patch:
        patch.setattr(files, "pipe_file", refuse)
        with pytest.raises(StoreError, match="permission denied") as caught:
            ArtifactStore(str(tmp_path)).check()
    assert "AKIA" not in str(caught.value)
