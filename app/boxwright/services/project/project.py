"""Project: its folder and everything stored in it."""

from __future__ import annotations

import contextlib
import logging
import shutil
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType

from boxwright.config.lock import WriterLock
from boxwright.domain.errors import ProjectError
from boxwright.domain.messages import Message
from boxwright.services.project.backups import daily
from boxwright.services.project.layout import DATABASE, FOLDERS, LOCK, MAKING, held_elsewhere
from boxwright.services.project.leftovers import remove_leftovers
from boxwright.services.project.project_settings import ProjectSettings
from boxwright.store.batches import BatchRepository
from boxwright.store.begun import BegunRepository
from boxwright.store.classes import ClassRepository
from boxwright.store.connection import Store
from boxwright.store.edit_log import EditLog
from boxwright.store.errors import DamagedProject
from boxwright.store.features import FeatureRepository
from boxwright.store.files import FileRepository
from boxwright.store.gallery import GalleryRepository
from boxwright.store.images import ImageRepository
from boxwright.store.labels import LabelRepository
from boxwright.store.migrations import applied, migrate
from boxwright.store.models import ModelRepository
from boxwright.store.predictions import PredictionRepository
from boxwright.store.removed_classes import RemovedClassRepository
from boxwright.store.replaced_predictions import ReplacedPredictionRepository
from boxwright.store.reviews import ReviewRepository
from boxwright.store.roots import RootRepository
from boxwright.store.rounds import RoundRepository
from boxwright.store.scores import ScoreRepository
from boxwright.store.selection import SelectionRepository
from boxwright.store.visits import VisitRepository

log = logging.getLogger(__name__)


class Project:
    """Open project: one connection, for the thread that opened it. `for_thread` gives another thread its own."""

    def __init__(self, folder: Path, store: Store, lock: WriterLock | None = None) -> None:
        """Use `create` or `open`."""
        self.folder = folder
        self.store = store
        self._lock = lock
        self.tell: Callable[[str], object] = log.warning
        """Gets a sentence about what was not done and stops nothing, such as a backup on a full disk; on any thread."""
        self.roots = RootRepository(store)
        self.images = ImageRepository(store)
        self.files = FileRepository(store)
        self.selection = SelectionRepository(store)
        self.gallery = GalleryRepository(store)
        self.classes = ClassRepository(store)
        self.removed_classes = RemovedClassRepository(store)
        self.models = ModelRepository(store)
        self.predictions = PredictionRepository(store)
        self.reviews = ReviewRepository(store)
        self.replaced_predictions = ReplacedPredictionRepository(store)
        self.labels = LabelRepository(store)
        self.begun = BegunRepository(store)
        self.edit_log = EditLog(store)
        self.scores = ScoreRepository(store)
        self.features = FeatureRepository(store)
        self.batches = BatchRepository(store)
        self.rounds = RoundRepository(store)
        self.settings = ProjectSettings(store)
        self.visits = VisitRepository(store)

    @classmethod
    def create(cls, folder: Path, class_names: Iterable[str] = (), filled: bool = True) -> Project:
        """Make the folder and an empty pool, and open it for writing. What fails half-way leaves nothing behind, and
        what a kill leaves is taken over by the next `create`. Without `filled` that goes for all until `made`.

        Raises ProjectError when the folder holds a project or cannot be written.
        """
        folder = Path(folder).expanduser().absolute()
        if (folder / DATABASE).exists() and not (folder / MAKING).is_file():
            raise ProjectError(
                "There is already a project in {0}: open it with 'boxwright \"{0}\"', add images to it with "
                "'boxwright add', or choose another folder.",
                folder,
            )
        made = missing_parts(folder)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            lock = WriterLock(folder / LOCK)
            if not lock.acquire():
                raise ProjectError("Another program is making a project in {0} just now.", folder)
            _begin_anew(folder)
            project = cls(folder, Store(folder / DATABASE), lock)
        except OSError as error:
            remove_parts(made)
            raise ProjectError("No project could be made in {0}: {1}.", folder, _why(error)) from error
        except ProjectError:
            remove_parts(made)
            raise
        try:
            for name in FOLDERS:
                (folder / name).mkdir(exist_ok=True)
            migrate(project.store)
            with project.store.transaction():
                for class_name in class_names:
                    project.classes.add(class_name)
            if filled:
                project.made()
        except BaseException:
            project.close()
            remove_parts(made)
            raise
        return project

    @classmethod
    def open(cls, folder: Path, read_only: bool = False) -> Project:
        """Open the project in `folder`; the first one to do so may write, until it closes.

        When another program holds the writer lock, or the folder cannot be written, the project opens for reading and
        `read_only_reason` says why. Raises ProjectError when there is no project or it cannot be read.
        """
        folder = Path(folder).expanduser().absolute()
        if not (folder / DATABASE).is_file():
            raise ProjectError(
                "There is no project in {0}: check the path, or make one with "
                "'boxwright init \"{0}\" --images FOLDER'.",
                folder,
            )
        lock, reason = (None, "") if read_only else _take(folder)
        try:
            store = Store(folder / DATABASE, read_only=lock is None)
            if reason:
                store.read_only_reason = reason
            try:
                _require_project(store)
                migrate(store)
            except BaseException:
                store.close()
                raise
        except BaseException:
            if lock:
                lock.release()
            raise
        project = cls(folder, store, lock)
        if lock:
            project.made()
            remove_leftovers(folder, [root.folder for root in project.roots.all()], project._detector_homes)
        return project

    @classmethod
    def open_for_writing(cls, folder: Path) -> Project:
        """As `open`, but raises ReadOnlyProject instead of opening for reading: for commands that change something."""
        project = cls.open(folder)
        try:
            project.require_writable()
            project.back_up_today()
        except BaseException:
            project.close()
            raise
        return project

    def _detector_homes(self) -> set[Path]:
        return {(self.folder / model.file).parent for model in self.models.all()}

    def made(self) -> None:
        """Nobody makes it anew from now on: it holds what was wanted, or somebody has begun to work in it."""
        (self.folder / MAKING).unlink(missing_ok=True)

    @property
    def read_only(self) -> bool:
        return self.store.read_only

    @property
    def read_only_reason(self) -> str:
        """One sentence for the person; empty when the project can be written."""
        return self.store.read_only_reason if self.read_only else ""

    def require_writable(self) -> None:
        """Raises ReadOnlyProject, with the reason."""
        self.store.require_writable()

    def back_up_today(self) -> None:
        """A copy of the pool, unless there is one of today; none for a reader. It takes as long as reading and writing
        the file does, so where somebody waits it is for a thread of its own."""
        if not self.read_only:
            daily(self.folder, self.tell)

    def transaction(self) -> AbstractContextManager[None]:
        """All or nothing; may be nested."""
        return self.store.transaction()

    def for_thread(self) -> Project:
        """The same project over a connection of its own. Call it in the thread that will use it, and close it there.

        The writer lock stays with the project it came from, which must be closed last."""
        store = Store(self.folder / DATABASE, read_only=self.read_only, must_exist=True)
        store.read_only_reason = self.store.read_only_reason
        other = Project(self.folder, store)
        other.tell = self.tell
        return other

    def close(self) -> None:
        self.store.close()
        if self._lock:
            self._lock.release()

    def __enter__(self) -> Project:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _begin_anew(folder: Path) -> None:
    """Take away what a program that was killed while it made a project here has left, and mark what is made now. Its
    mark names what was not there before."""
    mark, ours = folder / MAKING, (DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm", "imports", *FOLDERS)
    before = mark.read_text("utf-8").split() if mark.is_file() else []
    remove_parts([folder / name for name in before if name in ours and not (folder / name).is_symlink()])
    mark.write_text("\n".join(name for name in ours if not (folder / name).exists()), "utf-8")


def _require_project(store: Store) -> None:
    """Raises ProjectError for an empty file, which SQLite would take for a new database."""
    if applied(store):
        return
    if (store.folder / MAKING).is_file():
        raise ProjectError(
            "The project in {0} was not made to its end: make it again with 'boxwright init \"{0}\" --images FOLDER'.",
            store.folder,
        )
    raise DamagedProject(store.path)


def _take(folder: Path) -> tuple[WriterLock | None, str]:
    lock = WriterLock(folder / LOCK)
    try:
        if lock.acquire():
            return lock, ""
    except OSError as error:
        return (
            None,
            Message(
                "The project {0} is open for reading only, because its folder cannot be written ({1}).",
                folder,
                _why(error),
            ),
        )
    return None, held_elsewhere(folder, lock)


def missing_parts(folder: Path) -> list[Path]:
    """What making a project in `folder` would create now, so that `remove_parts` can take it back if it fails."""
    folder = Path(folder).expanduser().absolute()
    missing = [p for p in (folder, *folder.parents) if not p.exists()]
    if missing:
        return [missing[-1]]
    names = (DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm", LOCK, MAKING, *FOLDERS)
    return [folder / n for n in names if not (folder / n).exists()]


def remove_parts(made: list[Path]) -> None:
    """Delete what `missing_parts` named before it was made."""
    for path in made:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            with contextlib.suppress(OSError):
                path.unlink()


def _why(error: OSError) -> Message:
    return Message((error.strerror or str(error)).lower())
