"""Downloads from a real server that cuts, redirects, lies, stalls and forgets."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.http_site import Page, Site, site
from tests.small_disk import small_disk

from boxwright.domain.errors import Cancelled
from boxwright.domain.progress import Progress, ignore, never
from boxwright.services.detectors.download import download
from boxwright.services.detectors.http import DownloadError
from boxwright.services.detectors.kept import notes_of

CONTENT = os.urandom(300_000)


@pytest.fixture
def server() -> Iterator[Site]:
    with site() as running:
        running.pages["/file"] = Page(CONTENT)
        yield running


@pytest.fixture
def part(tmp_path: Path) -> Path:
    return tmp_path / "file.part"


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def ranges(server: Site) -> list[str | None]:
    return [wanted for _, wanted, _ in server.asked]


def cut_short(server: Site, part: Path, after: int = 100_000) -> None:
    """The connection breaks once `after` bytes have come, and at once when it is tried again."""
    server.pages["/file"].cuts = [after, 0]
    with pytest.raises(DownloadError, match="broke off"):
        download(server.address("/file"), part, ignore, never, checked=True)
    server.pages["/file"].cuts = []
    server.asked.clear()


def test_a_file_comes_whole_with_its_progress(server: Site, part: Path) -> None:
    seen: list[Progress] = []
    assert download(server.address("/file"), part, seen.append, never, len(CONTENT)) is False
    assert part.read_bytes() == CONTENT
    assert seen[-1] == Progress(len(CONTENT), len(CONTENT))
    assert ranges(server) == [None]


def test_a_connection_that_breaks_is_taken_up_where_it_broke(server: Site, part: Path) -> None:
    server.pages["/file"].cuts = [70_000, 50_000]
    download(server.address("/file"), part, ignore, never)
    assert part.read_bytes() == CONTENT
    assert server.asked == [("/file", None, None), ("/file", "bytes=70000-", '"1"'), ("/file", "bytes=120000-", '"1"')]


def test_one_that_always_breaks_is_told_and_what_came_is_kept(server: Site, part: Path) -> None:
    server.pages["/file"].cuts = [1000] * 100
    with pytest.raises(DownloadError, match=r"broke off\. What has come is kept: download again to go on"):
        download(server.address("/file"), part, ignore, never)
    assert part.read_bytes() == CONTENT[: len(server.asked) * 1000]
    server.pages["/file"].cuts = []
    assert download(server.address("/file"), part, ignore, never) is True
    assert part.read_bytes() == CONTENT


def test_one_that_broke_off_goes_on_the_next_time(server: Site, part: Path) -> None:
    cut_short(server, part)
    assert download(server.address("/file"), part, ignore, never) is True
    assert part.read_bytes() == CONTENT
    assert server.asked == [("/file", "bytes=100000-", '"1"')]


def test_one_that_is_stopped_keeps_what_came(server: Site, part: Path) -> None:
    page, first = server.pages["/file"], threading.Event()
    page.held, page.held_after = first, 100_000
    with pytest.raises(Cancelled):
        download(server.address("/file"), part, lambda _: first.set(), first.is_set)
    assert 0 < part.stat().st_size < len(CONTENT)
    page.held = None
    assert download(server.address("/file"), part, ignore, never) is True
    assert part.read_bytes() == CONTENT


def test_a_file_that_changed_meanwhile_is_begun_anew(server: Site, part: Path) -> None:
    cut_short(server, part)
    newer = os.urandom(250_000)
    server.pages["/file"] = Page(newer, tag='"2"')
    assert download(server.address("/file"), part, ignore, never) is False
    assert part.read_bytes() == newer
    assert server.asked == [("/file", "bytes=100000-", '"1"')]


def test_a_file_that_became_shorter_is_begun_anew(server: Site, part: Path) -> None:
    cut_short(server, part)
    server.pages["/file"] = Page(CONTENT[:50_000], tag='"1"')
    download(server.address("/file"), part, ignore, never)
    assert part.read_bytes() == CONTENT[:50_000]
    assert ranges(server) == ["bytes=100000-", None]


def test_a_server_without_parts_sends_all_again(server: Site, part: Path) -> None:
    cut_short(server, part)
    server.pages["/file"].ranges = False
    assert download(server.address("/file"), part, ignore, never) is False
    assert part.read_bytes() == CONTENT


@pytest.mark.parametrize(("checked", "asked"), [(False, None), (True, "bytes=100000-")])
def test_without_a_tag_only_what_is_checked_afterwards_goes_on(
    server: Site, part: Path, checked: bool, asked: str | None
) -> None:
    server.pages["/file"].tag = 'W/"weak"'
    cut_short(server, part)
    download(server.address("/file"), part, ignore, never, checked=checked)
    assert part.read_bytes() == CONTENT
    assert server.asked == [("/file", asked, None)]


def test_a_part_of_another_address_is_not_gone_on_with(server: Site, part: Path) -> None:
    cut_short(server, part)
    server.pages["/other"] = Page(CONTENT[::-1])
    download(server.address("/other"), part, ignore, never, checked=True)
    assert part.read_bytes() == CONTENT[::-1]


def test_notes_that_are_damaged_begin_anew(server: Site, part: Path) -> None:
    cut_short(server, part)
    notes_of(part).write_text("[")
    download(server.address("/file"), part, ignore, never, checked=True)
    assert (part.read_bytes(), ranges(server)) == (CONTENT, [None])


def test_what_is_whole_already_asks_nobody(server: Site, part: Path) -> None:
    download(server.address("/file"), part, ignore, never)
    server.asked.clear()
    assert download(server.address("/file"), part, ignore, never) is True
    assert server.asked == []


def test_a_redirect_is_followed_and_one_without_end_is_told(server: Site, part: Path) -> None:
    server.pages["/old"] = Page(leads_to="/file")
    server.pages["/round"] = Page(leads_to="/round")
    download(server.address("/old"), part, ignore, never)
    assert part.read_bytes() == CONTENT
    with pytest.raises(DownloadError, match="from one address to the next without end"):
        download(server.address("/round"), part.with_name("b.part"), ignore, never)


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (404, r"has no such file any more \(404\).*taken from its folder"),
        (410, "no such file any more"),
        (403, "does not give the file out"),
        (503, r"cannot give the file out now \(503\); try again later"),
        (418, "answered with 418"),
    ],
)
def test_an_answer_that_is_not_the_file_is_one_sentence(server: Site, part: Path, status: int, words: str) -> None:
    server.pages["/file"].status = status
    with pytest.raises(DownloadError, match=words):
        download(server.address("/file"), part, ignore, never)
    assert not part.exists()


def test_another_size_than_the_list_has_is_refused_before_it_is_loaded(server: Site, part: Path) -> None:
    with pytest.raises(DownloadError, match=r"has 300,000 bytes, but the list names one of 299,999"):
        download(server.address("/file"), part, ignore, never, size=299_999)
    assert not part.exists()


def test_a_server_that_does_not_say_how_long_it_is_and_never_ends_is_stopped(server: Site, part: Path) -> None:
    server.pages["/file"].says_length = False
    with pytest.raises(DownloadError, match=r"larger than 200 kB.*nothing of it is kept"):
        download(server.address("/file"), part, ignore, never, size=200_000)
    assert not part.exists()
    download(server.address("/file"), part, ignore, never, size=len(CONTENT))
    assert part.read_bytes() == CONTENT


def test_a_part_that_belongs_elsewhere_is_refused(server: Site, part: Path) -> None:
    cut_short(server, part)
    server.pages["/file"].wrong_range = True
    with pytest.raises(DownloadError, match="another part of the file"):
        download(server.address("/file"), part, ignore, never)
    assert part.read_bytes() == CONTENT[:100_000]


def test_a_server_that_stalls_is_given_up_and_can_be_gone_on_with(server: Site, part: Path) -> None:
    page = server.pages["/file"]
    page.held, page.held_after = threading.Event(), 100_000
    with pytest.raises(DownloadError, match="broke off"):
        download(server.address("/file"), part, ignore, never, timeouts=(5, 0.05))
    assert part.read_bytes()[:100_000] == CONTENT[:100_000]
    page.held.set()
    page.held = None
    assert download(server.address("/file"), part, ignore, never) is True
    assert part.read_bytes() == CONTENT


def test_nobody_there_is_told_with_what_to_do(part: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(DownloadError, match=r"^127\.0\.0\.1 could not be reached: it does not take the connect"):
        download(f"http://127.0.0.1:{port}/file", part, ignore, never)


def test_the_proxy_of_the_environment_is_asked(server: Site, part: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", server.address(""))
    download("http://detectors.invalid/file", part, ignore, never)
    assert part.read_bytes() == CONTENT
    assert server.asked[0][0] == "http://detectors.invalid/file"


@pytest.fixture
def encrypted(tmp_path: Path) -> Iterator[Site]:
    """A server with a certificate of its own, `tmp_path / "cert.pem"`, that speaks https."""
    ssl = pytest.importorskip("ssl")
    made = subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
         "-addext", "subjectAltName=IP:127.0.0.1",
         "-keyout", str(tmp_path / "key.pem"), "-out", str(tmp_path / "cert.pem")], capture_output=True,
    ) if any((Path(folder) / "openssl").exists() for folder in os.get_exec_path()) else None  # fmt: skip
    if made is None or made.returncode:
        pytest.skip("no openssl to make a certificate with")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    with site() as running:
        running.socket = context.wrap_socket(running.socket, server_side=True)
        yield running


def _https(server: Site) -> str:
    return server.address("/file").replace("http:", "https:")


def test_a_certificate_that_nobody_trusts_is_refused(encrypted: Site, part: Path) -> None:
    with pytest.raises(DownloadError, match="certificate is not one that this system trusts"):
        download(_https(encrypted), part, ignore, never)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only there a variable names what is trusted")
def test_from_an_address_with_encryption_none_without_is_followed(
    encrypted: Site, server: Site, part: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
    encrypted.pages["/file"] = Page(CONTENT)
    download(_https(encrypted), part, ignore, never)
    assert part.read_bytes() == CONTENT
    part.unlink()
    encrypted.pages["/file"] = Page(leads_to=server.address("/file"))
    with pytest.raises(DownloadError, match="leads to an address without encryption"):
        download(_https(encrypted), part, ignore, never)
    assert not part.exists()


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    with small_disk(tmp_path / "disk", "200k") as mounted:
        yield mounted


def test_a_disk_without_room_is_told_before_anything_is_loaded(server: Site, disk: Path) -> None:
    with pytest.raises(DownloadError, match=r"takes 300 kB more, and \d+ kB are free"):
        download(server.address("/file"), disk / "file.part", ignore, never)
    assert not (disk / "file.part").exists()


def test_a_disk_that_fills_up_is_one_sentence_and_what_came_is_kept(
    server: Site, disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Others have taken the room since it was asked for.
    monkeypatch.setattr("boxwright.services.detectors.download.free_room", lambda _: None)
    with pytest.raises(DownloadError, match=r"^The file could not be written: No space left on device\.$"):
        download(server.address("/file"), disk / "file.part", ignore, never)
    came = (disk / "file.part").read_bytes()
    assert came and came == CONTENT[: len(came)]
