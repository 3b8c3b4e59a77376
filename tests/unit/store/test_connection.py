from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from boxwright.domain.errors import ReadOnlyProject
from boxwright.store.connection import Store
from boxwright.store.errors import StorageError


@pytest.fixture
def numbers(tmp_path: Path) -> Store:
    store = Store(tmp_path / "project.db")
    with store.transaction():
        store.write("CREATE TABLE number (n INTEGER PRIMARY KEY, text TEXT)")
    return store


def stored(store: Store) -> list[int]:
    return [n for (n,) in store.rows("SELECT n FROM number ORDER BY n")]


def put(store: Store, n: int) -> None:
    store.write("INSERT INTO number(n) VALUES (?)", [n])


def test_an_error_takes_everything_back(numbers: Store) -> None:
    with pytest.raises(KeyError), numbers.transaction():
        put(numbers, 1)
        raise KeyError
    assert stored(numbers) == []


def test_an_inner_error_that_is_caught_takes_only_the_inner_part_back(numbers: Store) -> None:
    with numbers.transaction():
        put(numbers, 1)
        with pytest.raises(KeyError), numbers.transaction():
            put(numbers, 2)
            raise KeyError
        with numbers.transaction():
            put(numbers, 3)
    assert stored(numbers) == [1, 3]


def test_nothing_is_seen_by_others_before_the_outermost_ends(numbers: Store) -> None:
    other = Store(numbers.path, read_only=True)
    with numbers.transaction():
        with numbers.transaction():
            put(numbers, 1)
        assert stored(other) == []
    assert stored(other) == [1]


def test_a_second_writer_waits_for_the_first(numbers: Store) -> None:
    """With a deferred BEGIN both would read first and one would fail with 'database is locked'."""
    inside, errors = threading.Event(), []

    def add_many(first: int) -> None:
        store = Store(numbers.path)
        try:
            for n in range(first, first + 50):
                with store.transaction():
                    inside.set()
                    store.value("SELECT count(*) FROM number")
                    put(store, n)
        except StorageError as error:
            errors.append(error)
        finally:
            store.close()

    threads = [threading.Thread(target=add_many, args=(first,)) for first in (0, 100)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    assert len(stored(numbers)) == 100


def test_a_lock_that_does_not_end_is_told_in_a_sentence(numbers: Store) -> None:
    impatient = Store(numbers.path, busy_ms=1)
    with numbers.transaction(), pytest.raises(StorageError, match=r"keeps the project file .* locked"):
        impatient.transaction().__enter__()


def test_only_immediate_wal_connections_with_foreign_keys_and_durable_commits(numbers: Store) -> None:
    names = ("journal_mode", "foreign_keys", "recursive_triggers", "synchronous")
    assert [numbers.value(f"PRAGMA {name}") for name in names] == ["wal", 1, 1, 2]


def test_a_full_disk_is_told_in_a_sentence_and_leaves_the_store_usable(numbers: Store) -> None:
    numbers.value(f"PRAGMA max_page_count={numbers.value('PRAGMA page_count') + 2}")
    with pytest.raises(StorageError, match="no room left"), numbers.transaction():
        numbers.write("INSERT INTO number(text) VALUES (?)", ["x" * 100_000])
    numbers.value("PRAGMA max_page_count=100000")
    with numbers.transaction():
        put(numbers, 7)
    assert stored(numbers) == [7]


def test_a_file_that_is_no_database_is_told_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "project.db"
    path.write_bytes(b"no database at all " * 100)
    with pytest.raises(StorageError, match="damaged or is no project"):
        Store(path)


def test_a_broken_rule_of_the_schema_stays_a_fault_of_the_program(numbers: Store) -> None:
    with pytest.raises(sqlite3.IntegrityError), numbers.transaction():
        put(numbers, 1)
        put(numbers, 1)


def test_a_read_only_store_reads_what_others_commit_and_writes_nothing(numbers: Store) -> None:
    reader = Store(numbers.path, read_only=True)
    reader.read_only_reason = "Somebody else has it."
    with numbers.transaction():
        put(numbers, 1)
    assert stored(reader) == [1]
    with pytest.raises(ReadOnlyProject, match="Somebody else has it"), reader.transaction():
        put(reader, 2)
    with pytest.raises(sqlite3.OperationalError):
        reader.db.execute("INSERT INTO number(n) VALUES (3)")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs root to become somebody else")
def test_a_project_in_a_folder_that_cannot_be_written_is_read(numbers: Store) -> None:
    with numbers.transaction():
        put(numbers, 5)
    numbers.close()
    folder = numbers.path.parent
    for parent in folder.parents[:3]:
        parent.chmod(0o755)
    folder.chmod(0o555)
    code = (
        "import os, pathlib; from boxwright.store.connection import Store; os.seteuid(65534); "
        f"print(Store(pathlib.Path({str(numbers.path)!r}), read_only=True).rows('SELECT n FROM number'))"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[(5,)]"


def test_numpy_scalars_are_numbers_not_blobs(numbers: Store) -> None:
    with numbers.transaction():
        put(numbers, np.int64(4))  # type: ignore[arg-type]
    assert numbers.value("SELECT n FROM number WHERE n = ?", [np.int32(4)]) == 4
    assert numbers.value("SELECT typeof(?)", [np.float32(0.5)]) == "real"


def test_a_write_outside_a_transaction_is_refused(numbers: Store) -> None:
    with pytest.raises(AssertionError):
        put(numbers, 1)
