"""What comes with the program goes through the door that additions use: named in one table, made in one way."""

from __future__ import annotations

import tomllib

import pytest
from tests.conftest import REPOSITORY

from boxwright.config.plugins import Plugins
from boxwright.formats.registry import FORMATS
from boxwright.inference.registry import DECODERS
from boxwright.sampling.samplers import SAMPLERS
from boxwright.training.registry import TRAINERS

EVERY = pytest.mark.parametrize("plugins", [FORMATS, DECODERS, SAMPLERS, TRAINERS], ids=lambda p: p.kind)


@EVERY
def test_every_built_in_one_is_whole_and_goes_by_its_own_name(plugins: Plugins[object]) -> None:
    assert [type(plugins.get(name)).__module__.partition(".")[0] for name in plugins.built_in] == ["boxwright"] * len(
        plugins.built_in
    )
    assert list(plugins.all())[: len(plugins.built_in)] == list(plugins.built_in)


@EVERY
def test_what_is_built_in_is_listed_once(plugins: Plugins[object]) -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert plugins.group not in project.get("entry-points", {})
