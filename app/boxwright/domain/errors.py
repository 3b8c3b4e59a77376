"""Errors a person caused or can mend. The text is one sentence for them: what, where, why, what to do."""

from __future__ import annotations

from boxwright.domain.messages import Message


class BoxwrightError(Exception):
    """Base of every error whose text is shown as it is, without a traceback: `BoxwrightError("no {0} here", name)`.

    `template` and `arguments` are those of a `Message`. `str(error)` is its English.
    """

    def __init__(self, template: str = "", *arguments: object) -> None:
        self.message = Message(template, *arguments)
        super().__init__(self.message)


class ProjectError(BoxwrightError):
    """The project folder cannot be made, opened or written."""


class ReadOnlyProject(ProjectError):
    """Another window or command holds the project's writer lock."""


class ModelError(BoxwrightError):
    """A detector file or its card cannot be used."""


class FormatError(BoxwrightError):
    """A dataset cannot be read or written."""


class TrainingError(BoxwrightError):
    """There is nothing to train on, or no means to train with."""


class SettingError(BoxwrightError):
    """An option's value is out of its range or unknown."""


class Cancelled(BoxwrightError):
    """The person stopped a long task; what was finished before stays."""
