"""Contexts for the parts of the window: what one may ask of the program around it and of the open project.

Protocols handed over by constructor, so that nothing below the main window knows it, and nothing of a closed project is
looked up later.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMainWindow

from boxwright.config.settings import Settings
from boxwright.ui.project.task import BackgroundTask
from boxwright.ui.project.workspace import Workspace

if TYPE_CHECKING:
    from boxwright.services.project.project import Project
    from boxwright.services.retraining.request import RetrainRequest


class LiveActions(Protocol):
    """The actions of the window by id, with the keys that they have now."""

    def __getitem__(self, action_id: str) -> QAction: ...

    def keys_of(self, action_id: str) -> tuple[str, ...]:
        """Portable key sequences; empty for an action without a key."""

    def first_key(self, action_id: str) -> str:
        """As a person reads it; empty for an action without a key."""

    def rows(self) -> list[tuple[str, str, str]]:
        """(menu or "Keys", what it does, keys) of every action that has a key now."""

    def press(self, key: str) -> None:
        """Do what `key` means now."""

    def set_keys(self, keys: Mapping[str, tuple[str, ...]]) -> None:
        """Change the keys of the living actions; menus and tool tips follow."""


class AppContext(Protocol):
    """Settings, words for the person, actions, and which project is open. Implemented by the main window."""

    @property
    def settings(self) -> Settings: ...

    @property
    def live_actions(self) -> LiveActions: ...

    @property
    def opened(self) -> ProjectContext | None:
        """The open project."""

    @property
    def dialog_parent(self) -> QMainWindow:
        """The window that dialogs and docks belong to."""

    def say(self, words: str) -> None:
        """In the status line."""

    def tell(self, words: str) -> None:
        """In the banner, for what must not be overlooked; an empty text takes it away."""

    def show_error(self, title: str, sentence: str) -> None:
        """One sentence and nothing else; the person stays where they were."""

    def remember(self, **changes: Any) -> bool:
        """Store settings; when the folder cannot be written they hold until the window closes, and this is False."""

    def change_setting(self, **changes: Any) -> bool:
        """Store settings and let them hold at once, as far as they can. False when they could not be stored."""

    def update_actions(self) -> None:
        """Enable and disable actions by what is possible now."""

    def find_action(self) -> None:
        """Let a person find an action by its name."""

    def show_shortcuts(self) -> None: ...

    def edit_shortcuts(self) -> None: ...

    def show_guide(self, place: str = ..., anchor: str = "") -> None:
        """Show a page of the guide beside the window; by default the one it begins with."""

    @property
    def project_folder(self) -> Path | None:
        """Of the open project."""

    def open_project(self, folder: Path) -> None:
        """Open the project in `folder` in place of the one that is open; an error is told and changes nothing."""

    def show_project(self, project: Project) -> ProjectContext:
        """Take over an open `project` and show it."""

    def close_project(self, again: Callable[[], object] | None = None) -> bool:
        """False when the person stays; `again` is what they wanted, for when a rescue copy is written first."""

    def quit(self) -> None:
        """Close the window, after saving."""


class Retraining(Protocol):
    """The retraining of the open project."""

    @property
    def running(self) -> bool: ...

    def start(self, request: RetrainRequest, title: str) -> None:
        """Retrain in the background. Raises BoxwrightError when it cannot begin."""

    def watch(self) -> None:
        """Show how the retraining goes, or hide it."""

    def advise(self) -> None:
        """The schedule or what it looks at has changed: ask it again what to do now."""


class ProjectContext(Protocol):
    """The open project, its long work, and the program around it. Implemented by
    `ui.shell.open_project.OpenProject`."""

    @property
    def app(self) -> AppContext: ...

    @property
    def workspace(self) -> Workspace: ...

    @property
    def retraining(self) -> Retraining: ...

    @property
    def task(self) -> BackgroundTask | None:
        """The one that the status line shows; a retraining may run beside it."""

    def run(self, task: BackgroundTask, done: Callable[[Any], object]) -> None:
        """Show `task` in the status line; `done` gets its result. One at a time."""

    def waits_for_retraining(self) -> bool:
        """Whether a retraining runs that what is asked for would disturb; the person is then told."""

    def show_canvas(self) -> None:
        """Bring the image in front of the gallery."""

    @property
    def canvas_shown(self) -> bool: ...

    def images_added(self, words: str) -> None:
        """Images came to the pool: show them, and say `words`."""

    def tell_visit(self) -> None:
        """Keep the time measured on the image on screen now, and measure on."""
