"""Detectors of the catalogue on their way here, from a server or a folder: never opened before their hash is known."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.http_site import Page, Site, site

from boxwright.config import paths
from boxwright.config.lock import WriterLock
from boxwright.domain.errors import Cancelled, ModelError
from boxwright.domain.progress import ignore, never
from boxwright.services.detectors.catalogue_entry import CatalogueEntry
from boxwright.services.detectors.kept import detectors_folder, kept, known_hash, note_speed
from boxwright.services.detectors.obtain import Obtained, confirm, obtain

CONTENT = os.urandom(200_000)
HASH = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOXWRIGHT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("no_proxy", "*")


@pytest.fixture
def server() -> Iterator[Site]:
    with site() as running:
        running.pages["/v1/owl.onnx"] = Page(CONTENT)
        yield running


@pytest.fixture
def entry(server: Site) -> CatalogueEntry:
    return CatalogueEntry("owl", server.address("/v1/owl.onnx"), sha256=HASH, bytes=len(CONTENT))


def got(entry: CatalogueEntry, folder: Path | None = None, **more: str | Path) -> Obtained:
    return obtain(entry, folder or detectors_folder(), ignore, never, **more)  # type: ignore[arg-type]


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_comes_under_the_name_of_its_entry_with_what_is_known_of_it(entry: CatalogueEntry) -> None:
    found = got(entry)
    assert found == Obtained(detectors_folder() / "owl.onnx", len(CONTENT), HASH, True)
    assert found.file.read_bytes() == CONTENT
    assert names(detectors_folder()) == ["owl.onnx", "owl.origin.json"]
    here = kept(entry)
    assert here is not None and (here.file, here.sha256, here.seconds) == (found.file, HASH, None)


def test_what_is_here_is_not_loaded_again_and_keeps_what_was_measured(server: Site, entry: CatalogueEntry) -> None:
    got(entry)
    here = kept(entry)
    assert here is not None
    note_speed(here, 0.25)
    server.asked.clear()
    assert got(entry).confirmed
    here = kept(entry)
    assert (server.asked, here and here.seconds) == ([], 0.25)


def test_a_right_file_that_somebody_put_there_is_taken_as_it_is(server: Site, entry: CatalogueEntry) -> None:
    detectors_folder().mkdir(parents=True)
    (detectors_folder() / "owl.onnx").write_bytes(CONTENT)
    assert kept(entry) is None, "nobody has checked it"
    assert got(entry).confirmed
    assert kept(entry) is not None
    assert server.asked == []


def test_a_wrong_hash_leaves_nothing(server: Site, entry: CatalogueEntry) -> None:
    server.pages["/v1/owl.onnx"] = Page(CONTENT[::-1])
    with pytest.raises(
        ModelError, match=rf"another file than it should be.*not {HASH}\. It was not opened, and nothing"
    ):
        got(entry)
    assert names(detectors_folder()) == []
    assert kept(entry) is None


def test_a_wrong_file_never_takes_the_place_of_a_right_one(server: Site, entry: CatalogueEntry) -> None:
    got(entry)
    server.pages["/v1/owl.onnx"] = Page(CONTENT[::-1])
    newer = replace(entry, sha256="0" * 64)
    with pytest.raises(ModelError, match="another file"):
        got(newer)
    assert (detectors_folder() / "owl.onnx").read_bytes() == CONTENT
    assert kept(newer) is None, "it is not the one that the list names now"
    assert kept(entry) is not None


def test_what_was_begun_of_another_file_is_loaded_once_more(server: Site, entry: CatalogueEntry) -> None:
    """The server cannot tell that its file has changed; the hash does."""
    page = server.pages["/v1/owl.onnx"]
    page.tag, page.content, page.cuts = "", CONTENT[::-1], [50_000, 0]
    with pytest.raises(ModelError, match="broke off"):
        got(entry)
    page.content, page.cuts = CONTENT, []
    server.asked.clear()
    assert got(entry).sha256 == HASH
    assert [wanted for _, wanted, _ in server.asked] == ["bytes=50000-", None]


def test_a_hash_that_nobody_knew_is_shown_first_and_expected_from_then_on(server: Site, entry: CatalogueEntry) -> None:
    unknown = replace(entry, sha256=None, bytes=None)
    found = got(unknown)
    assert (found.confirmed, found.sha256, found.file.name) == (False, HASH, "owl.onnx.part")
    assert kept(unknown) is None
    server.asked.clear()
    assert got(unknown) == found, "asked again, it is shown again"
    assert server.asked == []
    assert confirm(unknown, detectors_folder(), found.sha256).confirmed
    assert known_hash(unknown) == HASH
    assert names(detectors_folder()) == ["accepted.json", "owl.onnx", "owl.origin.json"]
    (detectors_folder() / "owl.onnx").unlink()
    server.pages["/v1/owl.onnx"] = Page(CONTENT[::-1])
    with pytest.raises(ModelError, match="another file than it should be"):
        got(unknown)


def test_a_person_may_say_the_hash_beforehand(entry: CatalogueEntry) -> None:
    assert got(replace(entry, sha256=None), expected=f" {HASH.upper()}\n").confirmed
    with pytest.raises(ModelError, match="The list says that 'owl' has the SHA-256"):
        got(entry, expected="1" * 64)


def test_another_file_than_the_one_shown_is_not_confirmed(entry: CatalogueEntry) -> None:
    unknown = replace(entry, sha256=None)
    found = got(unknown)
    found.file.write_bytes(b"swapped")
    with pytest.raises(ModelError, match="not there any more"):
        confirm(unknown, detectors_folder(), found.sha256)
    assert known_hash(unknown) is None


@pytest.mark.parametrize("name", ["owl.onnx", "owl%20v1.onnx", "whatever it is called.onnx"])
def test_a_folder_serves_where_there_is_no_network(entry: CatalogueEntry, tmp_path: Path, name: str) -> None:
    offline = replace(entry, source="http://nowhere.invalid/owl%2520v1.onnx")
    stick = tmp_path / "stick"
    stick.mkdir()
    (stick / name).write_bytes(CONTENT)
    (stick / "another.onnx").write_bytes(CONTENT[::-1])
    assert got(offline, source_folder=stick).file.read_bytes() == CONTENT
    assert (stick / name).read_bytes() == CONTENT


def test_a_folder_without_it_or_with_another_one_says_so(entry: CatalogueEntry, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"holds no owl\.onnx; copy the file there under that name"):
        got(entry, source_folder=tmp_path)
    (tmp_path / "owl.onnx").write_bytes(CONTENT[:-1])
    with pytest.raises(ModelError, match="is another file than 'owl' should be"):
        got(entry, source_folder=tmp_path)
    with pytest.raises(ModelError, match="no folder"):
        got(entry, source_folder=tmp_path / "not there")
    assert not (detectors_folder() / "owl.onnx").exists()


def test_what_is_brought_into_a_folder_serves_from_there(entry: CatalogueEntry, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    assert got(entry, stick).file == stick / "owl.onnx"
    assert kept(entry) is None and kept(entry, stick) is not None
    assert got(replace(entry, source="http://nowhere.invalid/x"), source_folder=stick).file.parent == detectors_folder()


def test_two_at_once_do_not_spoil_each_other(entry: CatalogueEntry) -> None:
    lock = WriterLock(paths.cache_dir() / "detectors" / "owl.lock")
    lock.path.parent.mkdir(parents=True)
    assert lock.acquire()
    with pytest.raises(ModelError, match="Another Boxwright is getting 'owl' now"):
        got(entry)
    lock.release()
    assert got(entry).confirmed


def test_stopped_while_copying_it_is_not_there(entry: CatalogueEntry, tmp_path: Path) -> None:
    (tmp_path / "owl.onnx").write_bytes(CONTENT)
    with pytest.raises(Cancelled):
        obtain(entry, detectors_folder(), ignore, lambda: True, tmp_path)
    assert kept(entry) is None


def test_a_folder_that_cannot_be_made_is_one_sentence(entry: CatalogueEntry, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ModelError, match="'owl' could not be brought to"):
        got(entry, tmp_path / "file" / "folder")
