"""Archives are unpacked inside one folder, whatever they hold, and leave nothing behind when they are refused."""

from __future__ import annotations

import io
import json
import stat
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Picture

from boxwright.cli.app import run
from boxwright.domain.errors import Cancelled, FormatError
from boxwright.domain.progress import ignore, never
from boxwright.formats.registry import recognise
from boxwright.services.images.scan import add_folders
from boxwright.services.importing import archives
from boxwright.services.importing.archives import is_archive, unpack
from boxwright.services.importing.dataset import import_dataset, preview_dataset
from boxwright.services.project.project import Project

ESCAPES = [
    "../evil.txt",
    "a/../../evil.txt",
    "/evil.txt",
    "..\\evil.txt",
    "C:\\evil.txt",
    "C:evil.txt",
    "a/b/../../../x",
]


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with Project.create(tmp_path / "project") as made:
        yield made


def a_set(folder: Path) -> Path:
    """A YOLO dataset of two images."""
    for k in range(2):
        for name in ("images", "labels"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        pixels = np.random.default_rng(k).integers(0, 255, (48, 64, 3), dtype=np.uint8)
        Picture.fromarray(pixels).save(folder / "images" / f"{k}.png")
        (folder / "labels" / f"{k}.txt").write_text("0 0.5 0.5 0.25 0.25\n")
    (folder / "data.yaml").write_text("train: images\nnames: [nut]\n")
    return folder


def zipped(folder: Path, out: Path, top: str = "") -> Path:
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for file in sorted(folder.rglob("*")):
            made.write(file, top + file.relative_to(folder).as_posix())
    return out


def tarred(folder: Path, out: Path) -> Path:
    with tarfile.open(out, "w:gz") as made:
        made.add(folder, arcname="the set")
    return out


def members(path: Path) -> list[str]:
    return sorted(p.relative_to(path).as_posix() for p in path.rglob("*"))


@pytest.mark.parametrize("kind", ["zip", "zip with a folder", "tar.gz"])
def test_an_archive_is_imported_and_its_images_stay_in_the_project(project: Project, tmp_path: Path, kind: str) -> None:
    folder = a_set(tmp_path / "set")
    made = {
        "zip": lambda: zipped(folder, tmp_path / "nuts.zip"),
        "zip with a folder": lambda: zipped(folder, tmp_path / "nuts.zip", "some folder/"),
        "tar.gz": lambda: tarred(folder, tmp_path / "nuts.tar.gz"),
    }[kind]()
    result = import_dataset(project, made)
    assert (result.images, result.boxes, result.added, result.problems) == (2, 2, 2, ())
    files = [project.images.file(int(i)) for i in project.images.ids()]
    assert all(file.is_file() and file.is_relative_to(project.folder / "imports" / "nuts") for file in files)
    # The root is stored relative to the project, so that the project can be moved whole.
    assert project.store.value("SELECT folder FROM root").startswith("imports/nuts")


def test_an_archive_whose_images_are_in_the_pool_leaves_only_its_labels(project: Project, tmp_path: Path) -> None:
    folder = a_set(tmp_path / "set")
    add_folders(project, [folder / "images"])
    result = import_dataset(project, zipped(folder, tmp_path / "nuts.zip"))
    assert (result.images, result.added) == (2, 0)
    assert not (project.folder / "imports").exists()


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_the_format_of_an_archive_is_told_and_nothing_is_left(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], pack: Callable[[Path, Path], Path]
) -> None:
    folder = a_set(tmp_path / "set")
    archive = pack(folder, tmp_path / ("nuts.zip" if pack is zipped else "nuts.tar.gz"))
    assert run(["formats", str(archive), "--json"]) == 0
    said = [guess["format"] for guess in json.loads(capsys.readouterr().out)["guesses"]]
    assert said == [guess.format for guess in recognise(folder)]
    archive.write_bytes(b"no archive at all")
    assert run(["formats", str(archive)]) == 1
    assert "damaged" in capsys.readouterr().err
    assert sorted(p.name for p in tmp_path.iterdir()) == [archive.name, "set"]


def test_a_preview_of_an_archive_writes_nothing_into_the_project(project: Project, tmp_path: Path) -> None:
    made = zipped(a_set(tmp_path / "set"), tmp_path / "nuts.zip")
    before = members(project.folder)
    preview = preview_dataset(project, made, pictures=tmp_path / "pictures")
    assert (preview.format, preview.images, preview.boxes, preview.new) == ("yolo", 2, 2, 2)
    assert members(project.folder) == before
    assert members(tmp_path / "pictures") == ["1.png", "2.png"]


@pytest.mark.parametrize("name", ESCAPES)
@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_a_path_that_leads_out_is_refused_and_nothing_is_written(
    project: Project, tmp_path: Path, name: str, kind: str
) -> None:
    made = tmp_path / f"evil.{kind}"
    if kind == "zip":
        with zipfile.ZipFile(made, "w") as out:
            out.writestr("good.txt", "x")
            out.writestr(name, "evil")
    else:
        with tarfile.open(made, "w") as out_tar:
            info = tarfile.TarInfo(name)
            info.size = 4
            out_tar.addfile(info, io.BytesIO(b"evil"))
    before = members(tmp_path)
    with pytest.raises(FormatError, match="leads out of its folder"):
        import_dataset(project, made)
    assert [m for m in members(tmp_path) if m not in before and "project.db" not in m] == []


def test_links_and_devices_are_left_out_with_a_word(tmp_path: Path) -> None:
    made = tmp_path / "links.tar"
    with tarfile.open(made, "w") as out:
        for name, kind in (("link", tarfile.SYMTYPE), ("hard", tarfile.LNKTYPE), ("pipe", tarfile.FIFOTYPE),
                           ("device", tarfile.CHRTYPE)):  # fmt: skip
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "/etc/passwd"
            out.addfile(info)
    found = unpack(made, tmp_path / "out", ignore, never)
    assert [(p.file, p.kind) for p in found.problems] == [
        (n, "no plain file") for n in ("link", "hard", "pipe", "device")
    ]
    assert members(tmp_path / "out") == []
    zip_link = tmp_path / "links.zip"
    with zipfile.ZipFile(zip_link, "w") as out_zip:
        entry = zipfile.ZipInfo("link")
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16
        out_zip.writestr(entry, "/etc/passwd")
    assert [p.kind for p in unpack(zip_link, tmp_path / "out2", ignore, never).problems] == ["no plain file"]
    assert members(tmp_path / "out2") == []


def test_a_bomb_is_refused_before_it_fills_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "ALWAYS_ALLOWED", 1 << 20)
    made = tmp_path / "bomb.zip"
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as out:
        for k in range(20):
            out.writestr(f"{k}.txt", b"\0" * (1 << 20))
    with pytest.raises(FormatError, match="far more than its size explains"):
        unpack(made, tmp_path / "out", ignore, never)
    assert not (tmp_path / "out").exists()


def test_a_full_disk_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "DISK_LEFT", 1 << 60)
    made = zipped(a_set(tmp_path / "set"), tmp_path / "nuts.zip")
    with pytest.raises(FormatError, match="no room to unpack"):
        unpack(made, tmp_path / "out", ignore, never)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("cut", [0, 0.01, 0.1, 0.6])
@pytest.mark.parametrize("kind", ["zip", "tar.gz"])
def test_a_damaged_archive_is_one_sentence(tmp_path: Path, cut: float, kind: str) -> None:
    folder = a_set(tmp_path / "set")
    made = zipped(folder, tmp_path / "a.zip") if kind == "zip" else tarred(folder, tmp_path / "a.tar.gz")
    made.write_bytes(made.read_bytes()[: int(made.stat().st_size * cut)])
    with pytest.raises(FormatError, match="damaged or no archive"):
        unpack(made, tmp_path / "out", ignore, never)
    assert not (tmp_path / "out").exists()


def test_an_encrypted_archive_says_so(tmp_path: Path) -> None:
    made = tmp_path / "secret.zip"
    with zipfile.ZipFile(made, "w") as out:
        out.writestr("a.txt", "x")
    data = bytearray(made.read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1
    made.write_bytes(data)
    with pytest.raises(FormatError, match="encrypted"):
        unpack(made, tmp_path / "out", ignore, never)


def test_a_name_that_is_there_twice_counts_once(tmp_path: Path) -> None:
    made = tmp_path / "twice.zip"
    with zipfile.ZipFile(made, "w") as out, pytest.warns(UserWarning, match="Duplicate name"):
        out.writestr("a.txt", "first")
        out.writestr("a.txt", "second")
    found = unpack(made, tmp_path / "out", ignore, never)
    assert (tmp_path / "out" / "a.txt").read_text() == "first"
    assert [p.kind for p in found.problems] == ["file twice in the archive"]


def test_stopping_and_what_a_killed_import_left(project: Project, tmp_path: Path) -> None:
    left = project.folder / "imports" / ".part-dead"
    left.mkdir(parents=True)
    made = zipped(a_set(tmp_path / "set"), tmp_path / "nuts.zip")
    asked = iter(range(100))
    with pytest.raises(Cancelled):
        import_dataset(project, made, should_stop=lambda: next(asked) >= 1)
    assert not (project.folder / "imports").exists()


def test_only_files_named_so_are_archives(tmp_path: Path) -> None:
    (tmp_path / "folder.zip").mkdir()
    (tmp_path / "a.TGZ").write_bytes(b"")
    assert not is_archive(tmp_path / "folder.zip")
    assert is_archive(tmp_path / "a.TGZ")
