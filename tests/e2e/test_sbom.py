"""The list of what Boxwright is made of, as somebody else's rules read it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import orjson
import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from tests.conftest import REPOSITORY
from tests.network_watch import watchable, watched

import boxwright
from boxwright.services.licences import installed


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sbom")
    command = [sys.executable, str(REPOSITORY / "packaging" / "sbom.py"), str(folder)]
    if watchable():
        subprocess.run(command, check=True, capture_output=True)
    else:
        seen = watched(command, os.environ)
        assert seen.code == 0, seen.error
        assert seen.attempts == []
    return folder / f"boxwright-{boxwright.__version__}.cdx.json"


@pytest.fixture(scope="module")
def bill(file: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = orjson.loads(file.read_bytes())
    return loaded


def test_it_keeps_to_the_format(file: Path) -> None:
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(file.read_text(encoding="utf-8")) is None


def test_it_lists_what_an_installation_with_training_has_and_no_tool(bill: dict[str, Any]) -> None:
    listed = {(part["name"], part["version"]) for part in bill["components"] if part["type"] == "library"}
    assert listed == {(one.name, one.version) for one in installed(("train",))[1:]}
    assert bill["metadata"]["component"]["version"] == boxwright.__version__
    names = {name.lower() for name, _ in listed}
    assert not names & {"pytest", "ruff", "mypy", "cyclonedx-python-lib", "ultralytics"}


def test_every_part_has_a_licence_and_every_package_its_text(bill: dict[str, Any]) -> None:
    for part in bill["components"]:
        assert part["licenses"], part["name"]
        if part["type"] != "machine-learning-model":
            assert all(one["license"]["text"]["content"] for one in part["evidence"]["licenses"]), part["name"]
    (starter,) = (part for part in bill["components"] if part["type"] == "machine-learning-model")
    assert starter["licenses"] == [{"license": {"id": "Apache-2.0"}}]
    (registered,) = orjson.loads((REPOSITORY / "models" / "registry.json").read_bytes())["models"]
    assert starter["hashes"] == [{"alg": "SHA-256", "content": registered["sha256"]}]


def test_it_says_what_needs_what(bill: dict[str, Any]) -> None:
    needs = {one["ref"].split()[0]: one.get("dependsOn", []) for one in bill["dependencies"]}
    assert any(name.startswith("numpy ") for name in needs["boxwright"])
    assert any(name.startswith("shiboken6 ") for name in needs["PySide6_Essentials"])
