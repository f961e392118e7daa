import sqlite3
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from explorer.database import database
from explorer.jobs.errors import StoreError
from explorer.jobs.paths import DATA_VARIABLE, DATABASE_VARIABLE, data_directory, database_url, sqlite_url
from explorer.model import preset
from explorer.runs.events import Finished, Started, Step
from explorer.runs.records import REQUESTS, STATES, NamedNetwork
from explorer.runs.settings import TrainingSettings
from explorer.runs.store import schema
from explorer.runs.store.store import Store
from tests.runs.conftest import QueueComparison


def step(number: int, loss: float = 1.0) -> Step:
    return Step(step=number, train_loss=loss, train_error=50.0, learning_rate=0.02, seconds=number / 10)


FINISHED = Finished(
    step=200, train_loss=0.1, test_error=2.5, seconds=9.0, test_loss=0.2, train_error=0.0, images_per_second=1e3
)


def test_a_comparison_is_read_as_it_was_started(store: Store) -> None:
    named_networks = [
        NamedNetwork("plain", preset("cifar_plain20")),
        NamedNetwork("residual", preset("cifar_resnet20")),
    ]
    settings = TrainingSettings(steps=30, schedule="cosine")
    comparison = store.create_comparison(named_networks, settings, owner="ann", name="Depth", seeds=(3, 4))
    assert (comparison.owner, comparison.name, comparison.active) == ("ann", "Depth", True)
    assert [(run.label, run.seed) for run in comparison.runs] == [
        ("plain", 3),
        ("residual", 3),
        ("plain", 4),
        ("residual", 4),
    ]
    assert comparison.runs[1].spec == preset("cifar_resnet20")
    assert comparison.runs[2].settings == TrainingSettings(steps=30, schedule="cosine", seed=4)
    assert {run.state for run in comparison.runs} == {"queued"}
    assert store.comparison(comparison.id) == comparison
    assert store.run(comparison.runs[0].id) == comparison.runs[0]


def test_runs_are_filtered(store: Store, queue_comparison: QueueComparison) -> None:
    first, second = queue_comparison("ann", 2, name="Depth of 100%"), queue_comparison("bob", 1, name="width")
    assert [run.comparison_id for run in store.runs()] == [second.id, first.id, first.id]
    assert {run.comparison_id for run in store.runs(owner="ann")} == {first.id}
    store.request("cancel", [second.runs[0].id])
    assert [run.comparison_id for run in store.runs(states=["cancelled"])] == [second.id]
    assert [comparison.id for comparison in store.comparisons()] == [second.id, first.id]
    assert [comparison.id for comparison in store.comparisons(owner="ann")] == [first.id]
    assert len(store.runs(limit=1)) == 1


def test_deleting_hides_and_undoing_brings_back(store: Store, queue_comparison: QueueComparison) -> None:
    comparison = queue_comparison(count=2)
    ids = [run.id for run in comparison.runs]
    store.delete(ids)
    assert store.comparison(comparison.id) is None
    assert store.comparisons() == []
    assert [run.state for run in store.runs(deleted=True)] == ["cancelled", "cancelled"]
    assert store.work.claim("w", "server") is None
    store.undelete(ids[:1])
    assert [run.id for run in store.runs()] == ids[:1]
    assert store.purge(time.time() + 1) == ids[1:]
    assert store.run(ids[1]) is None
    assert store.run(ids[0]) is not None


def test_purging_leaves_no_events_and_no_empty_comparison(store: Store, queue_comparison: QueueComparison) -> None:
    comparison = queue_comparison()
    run = store.work.claim("w", "server")
    assert run is not None
    store.work.report(run.id, "w", [step(10), FINISHED])
    store.delete([run.id])
    store.purge(time.time() + 1)
    assert store.events({run.id: 0}) == []
    assert store.runs(comparison_id=comparison.id, deleted=True) == []


def test_names_can_be_changed(store: Store, queue_comparison: QueueComparison) -> None:
    comparison = queue_comparison()
    store.rename_comparison(comparison.id, "Lesson 3")
    store.rename_run(comparison.runs[0].id, "deep")
    renamed = store.run(comparison.runs[0].id)
    assert renamed is not None
    assert (renamed.comparison_name, renamed.label) == ("Lesson 3", "deep")


@pytest.mark.parametrize("what", REQUESTS)
@pytest.mark.parametrize("state", STATES)
def test_a_request_moves_each_state_as_the_table_says(
    store: Store, queue_comparison: QueueComparison, what: str, state: str
) -> None:
    run = queue_comparison().runs[0]
    with store._database.writing() as connection:
        connection.execute(sa.update(schema.RUNS).values(state=state))
    assert store.request(what, [run.id]) == (state in REQUESTS[what])
    after = store.run(run.id)
    assert after is not None
    assert after.state == REQUESTS[what].get(state, state)


def test_readers_get_only_what_is_new(store: Store, queue_comparison: QueueComparison) -> None:
    queue_comparison(count=2)
    first, second = store.work.claim("a", "server"), store.work.claim("b", "server")
    assert first is not None
    assert second is not None
    store.work.report(first.id, "a", [step(10)])
    store.work.report(second.id, "b", [step(10)])
    seen = store.events({first.id: 0, second.id: 0})
    assert [each.run_id for each in seen] == [first.id, second.id]
    assert seen[0].event == step(10)
    store.work.report(first.id, "a", [step(20)])
    news = store.events({first.id: seen[0].id, second.id: seen[1].id})
    assert [(each.run_id, each.event.step) for each in news] == [(first.id, 20)]
    assert store.events({}) == []
    assert store.events({first.id: 0}, kinds=["finished"]) == []


def test_a_newer_database_is_left_alone(store: Store, data_directory: Path) -> None:
    with sqlite3.connect(data_directory / "runs.sqlite3") as connection:
        connection.execute("UPDATE schema_version SET version = 99")
    connection.close()
    with pytest.raises(StoreError, match="newer version"):
        Store()


def extended(step: database.Migration) -> database.Schema:
    """The schema with one more migration."""
    return replace(schema.SCHEMA, migrations=(*schema.SCHEMA.migrations, step))


def test_a_migration_runs_once_and_keeps_the_runs(store: Store, queue_comparison: QueueComparison) -> None:
    comparison = queue_comparison()

    def add_a_column(connection: sa.Connection) -> None:
        connection.execute(sa.text("ALTER TABLE races ADD COLUMN colour TEXT DEFAULT 'green'"))

    for _ in range(2):
        with store._database.writing() as connection:
            database.migrate(connection, extended(add_a_column))
    with store._database.reading() as connection:
        assert connection.execute(sa.text("SELECT id, colour FROM races")).all() == [(comparison.id, "green")]


def test_a_failed_migration_leaves_everything_as_it_was(store: Store, queue_comparison: QueueComparison) -> None:
    queue_comparison()

    def break_down(connection: sa.Connection) -> None:
        connection.execute(sa.text("ALTER TABLE races ADD COLUMN colour TEXT"))
        connection.execute(sa.text("nonsense"))

    with pytest.raises(StoreError), store._database.writing() as connection:
        database.migrate(connection, extended(break_down))
    with store._database.reading() as connection:
        assert "colour" not in {column["name"] for column in sa.inspect(connection).get_columns("races")}
    assert len(Store().runs()) == 1


@pytest.mark.parametrize("column", ["deleted", "versions_json"])
def test_a_store_without_a_column_gives_one_sentence_with_a_way_out(
    data_directory: Path, store: Store, column: str
) -> None:
    store.close()
    with sqlite3.connect(data_directory / "runs.sqlite3") as connection:
        connection.execute(f"ALTER TABLE runs DROP COLUMN {column}")
    connection.close()
    for use in (Store, store.runs):  # one that is opened, and one that was open before
        with pytest.raises(StoreError, match=DATA_VARIABLE) as refused:
            use()
        assert "\n" not in str(refused.value)


@pytest.mark.parametrize("place", ["file/below", "/proc/nowhere"])
def test_an_unwritable_place_gives_one_sentence(
    place: str, data_directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (data_directory / "file").write_text("")
    monkeypatch.setenv(DATA_VARIABLE, str(data_directory / place))
    with pytest.raises(StoreError, match=DATA_VARIABLE) as refused:
        Store()
    assert "\n" not in str(refused.value)


def test_a_damaged_file_gives_one_sentence(data_directory: Path) -> None:
    (data_directory / "runs.sqlite3").write_bytes(b"this is no database, whatever its name says" * 50)
    with pytest.raises(StoreError, match="not a database"):
        Store()


def test_a_full_disk_gives_one_sentence_and_loses_nothing(store: Store, queue_comparison: QueueComparison) -> None:
    comparison = queue_comparison()

    def fill_up(connection: sqlite3.Connection, _: object) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")

    sa.event.listen(store._database._engine, "connect", fill_up)
    store.close()
    with pytest.raises(StoreError, match="disk is full"):
        store.create_comparison(
            [NamedNetwork("x" * 200, comparison.runs[0].spec)] * 200, TrainingSettings(), owner="b", name="n"
        )
    assert [run.id for run in store.runs()] == [comparison.runs[0].id]


def test_a_locked_database_gives_one_sentence(
    store: Store, data_directory: Path, monkeypatch: pytest.MonkeyPatch, queue_comparison: QueueComparison
) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.05)
    impatient = Store()
    other = sqlite3.connect(data_directory / "runs.sqlite3", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="busy"):
        impatient.request("cancel", ["anything"])
    assert impatient.runs() == []  # readers are not held up
    other.execute("ROLLBACK")
    other.close()


def test_a_database_address_that_means_nothing_is_refused() -> None:
    for address in ("nonsense", "nosuchdatabase://localhost/runs"):
        with pytest.raises(StoreError, match="address"):
            Store(address)


@pytest.mark.parametrize("name", ["what?", "a%20b", "a b", "é#1", "x&y=z"])
def test_a_folder_with_any_name_holds_its_own_database(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    folder.mkdir()
    Store(sqlite_url(folder)).close()
    assert [found.relative_to(tmp_path).parts[0] for found in tmp_path.rglob("runs.sqlite3")] == [name]


def test_the_environment_says_where(data_directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert database_url() == f"sqlite:///{data_directory / 'runs.sqlite3'}"
    monkeypatch.setenv(DATABASE_VARIABLE, "postgresql://server/runs")
    assert database_url() == "postgresql://server/runs"
    monkeypatch.delenv(DATA_VARIABLE)
    assert "residual-explorer" in str(data_directory_without_making(monkeypatch))


def data_directory_without_making(monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(Path, "mkdir", lambda *_, **__: None)
    monkeypatch.setattr("tempfile.TemporaryFile", lambda **_: open("/dev/null"))  # noqa: PTH123, SIM115
    return data_directory()


WRITER = """
import sys
from explorer.runs.events import Started, Step
from explorer.runs.store.store import Store
store = Store()
run = store.work.claim("writer", "server")
for number in range(1, 201):
    store.work.report(run.id, "writer", [Step(number, 1.0, 50.0, 0.02, 0.1)])
"""


def test_a_reader_misses_nothing_that_another_process_writes(store: Store, queue_comparison: QueueComparison) -> None:
    run = queue_comparison().runs[0]
    writer = subprocess.Popen([sys.executable, "-c", WRITER], cwd=Path(__file__).parents[3])
    steps: list[int] = []
    last = 0
    while writer.poll() is None or len(steps) < 200:
        for stored in store.events({run.id: last}):
            steps.append(stored.event.step)
            last = stored.id
        if writer.poll() is not None and not store.events({run.id: last}):
            break
    assert writer.returncode == 0
    assert steps == list(range(1, 201))


def test_many_threads_write_at_once(store: Store, queue_comparison: QueueComparison) -> None:
    queue_comparison(count=6)
    failures: list[BaseException] = []

    def work(name: str) -> None:
        try:
            run = store.work.claim(name, "server")
            assert run is not None
            for number in range(1, 21):
                store.work.report(run.id, name, [step(number)])
            store.work.report(run.id, name, [FINISHED])
        except BaseException as error:  # noqa: BLE001
            failures.append(error)

    threads = [threading.Thread(target=work, args=(f"w{index}",)) for index in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    runs = store.runs()
    assert {run.state for run in runs} == {"finished"}
    assert len({run.worker for run in runs}) == 1
    assert all(len(store.events({run.id: 0})) == 21 for run in runs)


def test_a_run_that_starts_again_tells_its_steps_once(store: Store, queue_comparison: QueueComparison) -> None:
    queue_comparison()
    run = store.work.claim("w", "server")
    assert run is not None
    opening = Started(0, "cpu", "CPU", "fp32", 200, 64, 1, 1, 1)
    store.work.report(run.id, "w", [opening, step(10, 1.0), step(20, 1.0), step(30, 1.0)])
    store.work.report(run.id, "w", [Started(10, "cpu", "CPU", "fp32", 200, 64, 1, 1, 1), step(20, 0.5)])
    told = [each.event for each in store.events({run.id: 0}, kinds=["step"])]
    assert [(each.step, each.train_loss) for each in told if isinstance(each, Step)] == [(10, 1.0), (20, 0.5)]
