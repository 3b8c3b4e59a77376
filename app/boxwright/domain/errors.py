"""Errors a person caused or can mend. The text is one sentence for them: what, where, why, what to do."""


class BoxwrightError(Exception):
    """Base of every error whose text is shown as it is, without a traceback."""


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
