"""Check: one thing that was looked at, what was found, and what to do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class State(StrEnum):
    """How it is. A warning costs something and stops nothing; a problem keeps something from working."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True)
class Check:
    """One thing that was looked at.

    `says` and `todo` hold nothing that a person named: no image, folder, project, detector, package of theirs or class;
    `todo` may hold the path of the Python that runs. What does name something stands apart: in `names` a line for each
    image, folder, detector or error, in `classes` one for each class.
    """

    section: str
    name: str
    state: State
    says: str
    todo: str = ""
    names: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """JSON types only; lines that are empty are left out."""
        return {key: value for key, value in asdict(self).items() if value}


def from_json(data: Mapping[str, Any]) -> Check:
    """What `to_json` was given."""
    known: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in data.items()}
    known["state"] = State(known["state"])
    return Check(**known)


def worst(checks: Iterable[Check]) -> State:
    states = {check.state for check in checks}
    return next((state for state in (State.PROBLEM, State.WARNING) if state in states), State.OK)


def failed(section: str, name: str, error: BaseException) -> Check:
    """A look that could not be finished; what the error says may name anything."""
    return Check(
        section, name, State.PROBLEM, f"It could not be looked at: {type(error).__name__}.", names=(str(error),)
    )
