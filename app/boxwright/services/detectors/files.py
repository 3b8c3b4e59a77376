"""Detector files on their way into a project's `models` folder: whole, or gone when it is next opened."""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Callable, Collection
from pathlib import Path
from uuid import uuid4

from boxwright.domain.errors import ModelError

FOLDER = "models"
# In a folder that is not known to the database yet.
MARKER = ".adding"


def name_aside() -> str:
    """For the folder of a copy that the project does not know."""
    return f"{MARKER}-{uuid4().hex[:12]}"


def copied_aside(project_folder: Path, file: Path, name: str | None = None) -> Path:
    """`file` with its data files and card in a new folder inside `models`, called `name` if given; returns the copy's
    path.

    Raises ModelError for what is no ONNX file or lacks a data file, OSError; then nothing is left.
    """
    from boxwright.inference.cards import card_path
    from boxwright.inference.external import external_files
    from boxwright.inference.session import refuse_other_files

    refuse_other_files(file)
    aside = project_folder / FOLDER / (name or name_aside())
    aside.mkdir(parents=True)
    try:
        (aside / MARKER).touch()
        copy = aside / file.name
        shutil.copyfile(file, copy)
        for name in external_files(file):
            if not (file.parent / name).is_file():
                raise ModelError(
                    "{0} keeps its weights in '{1}', which is not in {2}; put it there and add again.",
                    file.name,
                    name,
                    file.parent,
                )
            (aside / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file.parent / name, aside / name)
        if card_path(file).is_file():
            shutil.copyfile(card_path(file), card_path(copy))
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise
    return copy


def into_home(copy: Path, stem: str) -> Path:
    """Give the folder that `copied_aside` made a name of its own after `stem`; returns the file's new path. It stays
    marked until `known`."""
    home = _free_folder(copy.parent.parent, stem)
    copy.parent.rename(home)
    return home / copy.name


def known(file: Path) -> None:
    """The database has it now."""
    (file.parent / MARKER).unlink(missing_ok=True)


def forget(file: Path) -> None:
    """Remove a copy that is not to be known."""
    shutil.rmtree(file.parent, ignore_errors=True)


def remove_leftovers(project_folder: Path, homes: Callable[[], Collection[Path]]) -> None:
    """Delete what a program that was killed has left half-way. For the one who holds the writer lock. `homes`: the
    folders of the detectors that the database has, asked for only where something was left."""
    folder = project_folder / FOLDER
    if folder.is_symlink():
        return
    try:
        marked = [path.parent for path in folder.glob(f"*/{MARKER}")]
        marked += [path for path in folder.glob(f"{MARKER}-*") if path not in marked]
    except OSError:
        return
    if not marked:
        return
    known_homes = homes()
    for home in marked:
        if home in known_homes:
            (home / MARKER).unlink(missing_ok=True)
        else:
            shutil.rmtree(home, ignore_errors=True)


def sha256_of(model: Path) -> str:
    """Of the file, and of its data files after it where it has any."""
    from boxwright.inference.external import external_files

    digest = hashlib.sha256()
    for path in (model, *(model.parent / name for name in external_files(model))):
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()


def _free_folder(folder: Path, stem: str) -> Path:
    name = re.sub(r"[^\w.\-]+", "_", stem).strip("._") or "model"
    names = (name, *(f"{name}-{i}" for i in range(2, 10_000)))
    return next(folder / n for n in names if not (folder / n).exists())
