"""An empty pool, and pools with something in them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from boxwright.domain.card import DetectorCard, InputSpec
from boxwright.domain.model import Model
from boxwright.domain.prediction import ProbKind
from boxwright.store.classes import ClassRepository
from boxwright.store.connection import Store
from boxwright.store.files import FileRepository, FileRow
from boxwright.store.migrations import migrate
from boxwright.store.models import ModelRepository
from boxwright.store.roots import RootRepository


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path / "project.db")
    migrate(opened)
    yield opened
    opened.close()


@pytest.fixture
def pool(store: Store, tmp_path: Path) -> Store:
    """Ten images (ids 1 to 10) of 100 x 80 pixels, classes `cat` (1) and `dog` (2)."""
    root = RootRepository(store).add(tmp_path / "photos")
    with store.transaction():
        FileRepository(store).add(
            [FileRow(root.id, f"{n}.jpg", 100, 80, f"{n:032x}", 1000, 1, None) for n in range(1, 11)]
        )
        for name in ("cat", "dog"):
            ClassRepository(store).add(name)
    return store


@pytest.fixture
def model(pool: Store) -> Model:
    """Active; its classes are `dog`, `bird`, `cat`, and `bird` is none of the project's."""
    models = ModelRepository(pool)
    card = DetectorCard("grid", ProbKind.SIGMOID, ("dog", "bird", "cat"), InputSpec(64, 64))
    added = models.add("pets", "models/pets.onnx", "00", card, {0: 2, 2: 1})
    models.activate(added.id)
    return models.get(added.id)
