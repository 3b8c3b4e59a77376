"""What comes with the program goes through the door that additions use: the table of a frozen bundle and the entry
points of an installed one say the same."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping

import pytest
from tests.conftest import REPOSITORY

from boxwright.formats import registry as formats
from boxwright.inference import registry as decoders
from boxwright.training import registry as trainers


def announced(group: str) -> dict[str, str]:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    found: dict[str, str] = project["entry-points"][group]
    return found


@pytest.mark.parametrize(
    ("group", "table"),
    [
        (formats.GROUP, formats.BUILT_IN),
        (decoders.GROUP, decoders.BUILT_IN),
        (trainers.GROUP, trainers.BUILT_IN),
    ],
)
def test_the_entry_points_name_what_is_built_in(group: str, table: Mapping[str, str]) -> None:
    assert announced(group) == dict(table)


@pytest.mark.parametrize("name", list(formats.BUILT_IN))
def test_a_format_is_announced_by_its_own_name(name: str) -> None:
    assert formats.by_name(name).name == name
