"""Probe of a project: its file, its images where they should be, its detector, its backups. It changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

from boxwright.config.disk import size_words
from boxwright.domain.errors import BoxwrightError
from boxwright.services.doctor.check import Check, State, failed
from boxwright.services.doctor.folders import look_at
from boxwright.services.project.layout import DATABASE
from boxwright.services.project.project import Project

SECTION = "Project"
SHOWN = 20
# A network drive may take seconds for some images, and a pool may have a million.
LOOKING_SECONDS = 30.0
GO_BACK = "Go back to a backup: boxwright backups PROJECT, then boxwright restore PROJECT."


def project(folder: str) -> list[Check]:
    """Nothing for no project."""
    if not folder:
        return []
    where = Path(folder)
    if not (where / DATABASE).is_file():
        todo = "Check the path; a project is a folder with a file project.db."
        return [Check(SECTION, "Project", State.PROBLEM, "There is no project there.", todo, names=(folder,))]
    checks = [_file(where), look_at(SECTION, "Folder", where)]
    try:
        with Project.open(where, read_only=True) as opened:
            looks: tuple[Callable[[Project], list[Check]], ...] = (_schema, _counts, _images, _detector)
            for look in looks:
                checks += _tried(look, opened)
    except BoxwrightError as error:
        checks.append(Check(SECTION, "Opening", State.PROBLEM, "It cannot be opened.", GO_BACK, names=(str(error),)))
    return [*checks, _backups(where)]


def _tried(look: Callable[[Project], list[Check]], opened: Project) -> list[Check]:
    try:
        return look(opened)
    except Exception as error:  # rows of a damaged file can be anything
        return [failed(SECTION, look.__name__.strip("_").capitalize(), error)]


def _file(folder: Path) -> Check:
    from boxwright.store.backup import flaw_of
    from boxwright.store.odd_values import odd_value

    size = size_words((folder / DATABASE).stat().st_size)
    try:
        flaw, odd = flaw_of(folder / DATABASE), odd_value(folder / DATABASE)
    except BoxwrightError as error:
        return Check(SECTION, "File", State.PROBLEM, "It is damaged.", GO_BACK, names=(str(error),))
    if flaw is not None or odd is not None:
        found = f"{odd} holds what cannot be" if flaw is None else "SQLite finds it damaged"
        return Check(SECTION, "File", State.PROBLEM, f"{size}: {found}.", GO_BACK, names=(flaw,) if flaw else ())
    return Check(SECTION, "File", State.OK, f"{size}, whole.")


def _schema(opened: Project) -> list[Check]:
    from boxwright.store.migrations import applied, names

    done, known = applied(opened.store), names()
    says = f"Schema {len(done)} of {len(known)}: {done[-1] if done else 'none'}."
    if set(done) - set(known):
        todo = "Install the Boxwright that made it, or a newer one."
        return [Check(SECTION, "Schema", State.PROBLEM, f"{says} A newer Boxwright made it.", todo)]
    if len(done) < len(known):
        return [Check(SECTION, "Schema", State.OK, f"{says} It is brought up to date when it is opened for writing.")]
    return [Check(SECTION, "Schema", State.OK, says)]


def _counts(opened: Project) -> list[Check]:
    from boxwright.services.project.status import status

    found = status(opened)
    images = (
        f"{found['images']:,}: {found['labeled']:,} labelled, {found['skipped']:,} skipped, {found['unlabeled']:,} to "
        f"do, {found['validation']:,} for measuring, {found['duplicates']:,} copies."
    )
    boxes = f"{found['boxes']:,} in {len(found['classes'])} classes; {found['rounds']} batches so far."
    named = tuple(f"{name}: {number:,} boxes" for name, number in found["classes"].items())
    checks = [
        Check(SECTION, "Images", State.OK, images, names=(str(opened.folder),)),
        Check(SECTION, "Boxes", State.OK, boxes, classes=named),
    ]
    if found["unreadable"]:
        problems = tuple(f"{image.path}: {why}" for image, why in opened.images.problems()[:SHOWN])
        todo = "Convert or mend these files and add their folder again; they are left out until then."
        says = f"{found['unreadable']:,} images cannot be read."
        checks.append(Check(SECTION, "Unreadable images", State.WARNING, says, todo, names=problems))
    if found["replaced"]:
        todo = "Open the project: the list names them, and you say whether their labels hold."
        says = f"{found['replaced']:,} images are not the file that was labelled."
        checks.append(Check(SECTION, "Replaced images", State.WARNING, says, todo))
    return checks


def _images(opened: Project) -> list[Check]:
    """Whether the files are there: roots first, then every image below those that are."""
    folders = {root.name: root.folder for root in opened.roots.all()}
    gone = [name for name, folder in folders.items() if not folder.is_dir()]
    checks = []
    if gone:
        todo = "Connect their drive, or say where they are now: boxwright add PROJECT --move-root NAME=FOLDER."
        says = f"{len(gone)} of {len(folders)} image folders are not there."
        named = tuple(f"{name}: {folders[name]}" for name in gone)
        checks.append(Check(SECTION, "Image folders", State.PROBLEM, says, todo, names=named))
    else:
        named = tuple(f"{name}: {folder}" for name, folder in folders.items())
        checks.append(Check(SECTION, "Image folders", State.OK, f"{len(folders)}, all there.", names=named))
    missing: list[str] = []
    until, looked = monotonic() + LOOKING_SECONDS, 0
    here = [(root, path) for _, root, path in opened.images.paths() if root not in gone]
    for root, path in here:
        if monotonic() > until:
            break
        looked += 1
        if not (folders[root] / path).is_file():
            missing.append(f"{root}: {path}")
    part = "" if looked == len(here) else f" of {len(here):,}, more would take too long"
    if missing:
        todo = "Put the files back, or add the folder that they are in now: they are known by what is in them."
        says = f"{len(missing):,} files are not there (looked for {looked:,}{part})."
        return [*checks, Check(SECTION, "Image files", State.WARNING, says, todo, names=tuple(missing[:SHOWN]))]
    return [*checks, Check(SECTION, "Image files", State.OK, f"Looked for {looked:,}{part}: all there.")]


def _detector(opened: Project) -> list[Check]:
    model = opened.models.active()
    if model is None:
        todo = "Help → Guide, the page “I have no detector”, tells the ways to one."
        return [Check(SECTION, "Detector", State.OK, "None is in use.", todo)]
    card = model.card
    says = f"Layout {card.layout}, {len(card.classes)} classes, {len(model.class_map)} of them used."
    named, classes = (f"{model.name} ({model.file})",), tuple(card.classes)
    if not (opened.folder / model.file).is_file():
        todo = "Add the detector again with boxwright model add PROJECT FILE."
        return [Check(SECTION, "Detector", State.PROBLEM, f"{says} Its file is gone.", todo, named, classes)]
    return [Check(SECTION, "Detector", State.OK, says, names=named, classes=classes)]


def _backups(folder: Path) -> Check:
    from boxwright.services.project.backups import flaw_of
    from boxwright.store.backup_files import backups, good

    found = good(backups(folder))
    if not found:
        todo = "One is made when the project is opened for work; boxwright backups PROJECT --make makes one."
        return Check(SECTION, "Backups", State.WARNING, "There is none.", todo)
    size = size_words(sum(backup.size for backup in found))
    days = (datetime.now(UTC) - found[0].made).days
    says = f"{len(found)}, {size}, the newest {days} days old"
    if (flaw := flaw_of(found[0].path)) is not None:
        todo = "Make a new one: boxwright backups PROJECT --make"
        return Check(SECTION, "Backups", State.WARNING, f"{says} and not whole.", todo, names=(flaw,))
    return Check(SECTION, "Backups", State.OK, f"{says} and whole.")
