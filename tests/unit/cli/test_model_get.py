"""`model catalog` and `model get`, with a team's list on a real server."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.colours import CLASSES, write_detector
from tests.http_site import Page, Site, site
from tests.unit.cli.conftest import Run

from boxwright.services.detectors.catalogue import read_list, shipped_list
from boxwright.services.project.project import Project


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOXWRIGHT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("no_proxy", "*")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Site]:
    with site() as running:
        running.pages["/seen.onnx"] = Page(write_detector(tmp_path / "seen.onnx").read_bytes())
        yield running


def listed(run: Run, folder: Path, server: Site, **more: Any) -> str:
    """Add an entry for the server's file to the person's list; returns the file's hash."""
    content = server.pages["/seen.onnx"].content
    entry = {"name": "team-seen", "source": server.address("/seen.onnx"), "licence": "ours", "trained_on": "cones"}
    file = folder / "team.json"
    file.write_text(json.dumps({"detectors": [{**entry, "classes": list(CLASSES), **more}]}))
    assert run("model", "catalog", "--add", file)[0] == 0
    return hashlib.sha256(content).hexdigest()


def test_the_catalogue_is_listed_for_a_person_and_for_a_program(run: Run) -> None:
    status, out, err = run("model", "catalog")
    assert (status, err) == (0, "")
    names = [entry.name for entry in read_list(shipped_list())]
    assert [line.split()[0] for line in out.splitlines()[1 : len(names) + 1]] == names
    assert "15.3 MB  0.428    640  80 COCO 2017" in out
    told = json.loads(run("model", "catalog", "--json")[1])["detectors"]
    assert [entry["name"] for entry in told] == names
    first = told[0]
    assert (first["AP"], first["bytes"], first["pinned_to"], first["file"]) == (0.258, 3_660_092, "0.1.1rc0", None)


def test_entries_of_one_s_own_come_and_go(run: Run, tmp_path: Path, server: Site) -> None:
    listed(run, tmp_path, server)
    assert "team-seen" in run("model", "catalog")[1]
    assert "team-seen" not in run("model", "catalog", "--remove", "team-seen")[1]
    assert run("model", "catalog", "--remove", "a", "--add", "b")[0] == 2
    status, _, err = run("model", "get", "nothing")
    assert (status, err.startswith("No detector 'nothing' is in the catalogue; it has yolox-nano,")) == (1, True)


@pytest.mark.slow
def test_one_is_brought_tried_kept_and_added_to_a_project(run: Run, tmp_path: Path, server: Site) -> None:
    sha256 = listed(run, tmp_path, server)
    listed(run, tmp_path, server, sha256=sha256)
    Project.create(tmp_path / "p", ["green", "cone"]).close()
    status, out, err = run("model", "get", "team-seen", "--project", tmp_path / "p", "--map", "red=cone", "--json")
    assert status == 0, err
    got = json.loads(out)
    file = tmp_path / "home" / "data" / "detectors" / "team-seen.onnx"
    assert (got["file"], got["sha256"], got["layout"], got["problem"]) == (str(file), sha256, "yolov8", "")
    assert got["seconds_per_image"] > 0
    assert got["model"]["class_map"] == {"red": "cone", "green": "green"}
    assert (got["model"]["name"], got["model"]["active"]) == ("team-seen", True)
    with Project.open(tmp_path / "p", read_only=True) as project:
        assert project.models.all()[0].card.notes["licence"] == "ours"
    told = json.loads(run("model", "catalog", "--json")[1])["detectors"][-1]
    assert (told["file"], told["seconds_per_image"] > 0) == (str(file), True)
    # Kept with its card, so that other commands read it without being told anything.
    seen = json.loads(run("model", "inspect", file, "--json")[1])
    assert (seen["classes"], seen["unknown"]) == (list(CLASSES), [])
    assert len(server.asked) == 1


@pytest.mark.slow
def test_a_hash_that_nobody_knows_is_shown_and_wants_a_word(
    run: Run, tmp_path: Path, server: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    sha256 = listed(run, tmp_path, server)
    status, out, err = run("model", "get", "team-seen")
    assert (status, out) == (1, "")
    assert "No hash is known for 'team-seen' yet" in err and err.rstrip().endswith(f"take it with --hash {sha256}.")
    status, _, err = run("model", "get", "team-seen", "--hash", "0" * 64)
    assert (status, "another file than it should be" in err) == (1, True)
    for answer, expected in (("n\n", 1), ("y\n", 0)):
        monkeypatch.setattr(sys, "stdin", _Terminal(answer))
        status, out, err = run("model", "get", "team-seen")
        assert (status, sha256 in err) == (expected, True)
    monkeypatch.undo()


class _Terminal:
    """A person at the keyboard who types `answer`."""

    def __init__(self, answer: str) -> None:
        self._answer = answer

    def isatty(self) -> bool:
        return True

    def readline(self, *_: int) -> str:
        return self._answer


@pytest.mark.slow
def test_what_cannot_be_used_as_it_is_is_kept_and_says_why(run: Run, tmp_path: Path, server: Site) -> None:
    server.pages["/seen.onnx"] = Page(b"this is no ONNX file")
    listed(run, tmp_path, server, sha256=hashlib.sha256(b"this is no ONNX file").hexdigest())
    status, out, _ = run("model", "get", "team-seen")
    assert status == 0
    assert "it is not an ONNX file or was cut off" in out
    Project.create(tmp_path / "p").close()
    status, _, err = run("model", "get", "team-seen", "--project", tmp_path / "p")
    assert (status, "it is not an ONNX file" in err) == (1, True)


@pytest.mark.slow
def test_a_stick_carries_it_to_a_machine_without_a_network(
    run: Run, tmp_path: Path, server: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed(run, tmp_path, server, sha256=hashlib.sha256(server.pages["/seen.onnx"].content).hexdigest())
    stick = tmp_path / "stick"
    assert run("model", "get", "team-seen", "--into", stick)[0] == 0
    assert not (tmp_path / "home" / "data" / "detectors" / "team-seen.onnx").exists()
    server.pages.clear()
    status, _, err = run("model", "get", "team-seen")
    assert (status, "no such file any more (404)" in err) == (1, True)
    assert run("model", "get", "team-seen", "--from", stick)[0] == 0
    assert (tmp_path / "home" / "data" / "detectors" / "team-seen.onnx").is_file()


@pytest.mark.slow
@pytest.mark.parametrize(("name", "layout"), [("yolox-nano", "yolox"), ("deimv2-femto", "deim")])
def test_files_of_the_catalogue_that_are_here_are_what_it_says(
    run: Run, model_dir: Path, name: str, layout: str
) -> None:
    status, out, err = run("model", "get", name, "--from", model_dir, "--json")
    assert status == 0, err
    got = json.loads(out)
    assert (got["layout"], got["problem"]) == (layout, "")
