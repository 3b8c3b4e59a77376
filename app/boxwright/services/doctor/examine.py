"""Examination: every probe in a child process of its own, several at once, each with a limit of time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from functools import partial
from pathlib import Path
from typing import Any

from boxwright.domain.errors import BoxwrightError, Cancelled
from boxwright.domain.progress import Progress, Report, ShouldStop, check, ignore, never
from boxwright.services.child import Job
from boxwright.services.doctor.check import Check, State, from_json
from boxwright.services.doctor.display import SECTION as DISPLAY
from boxwright.services.doctor.display import check_display
from boxwright.services.doctor.probes import PROBES

SECTIONS = ("Program", "Machine", DISPLAY, "Detectors", "Training", "Folders", "Project")
# A cold disk may take a minute to read torch.
SECONDS = 180.0
AT_ONCE = 3
_LOOK_EVERY = 0.2
_STOPPING = 10.0


def examine(
    project: Path | None = None,
    display_check: Sequence[str] = (),
    report: Report = ignore,
    should_stop: ShouldStop = never,
    seconds: float = SECONDS,
) -> list[Check]:
    """Every check, section by section. `display_check`: the command line of the program that tries the window.

    Raises Cancelled. Anything else that fails is a check that says so.
    """
    about = str(project.expanduser().absolute()) if project is not None else ""
    looks: dict[str, Callable[[], list[Check]]] = {
        name: partial(_in_child, name, about, seconds, should_stop) for name in PROBES if name != "project" or about
    }
    if display_check:
        looks["display"] = lambda: [check_display(display_check, seconds)]
    found: dict[str, list[Check]] = {}
    with ThreadPoolExecutor(AT_ONCE, "doctor") as pool:
        running = {pool.submit(look): name for name, look in looks.items()}
        for done in as_completed(running):
            try:
                found[running[done]] = done.result()
            except Cancelled:
                pool.shutdown(cancel_futures=True)
                raise
            report(Progress(len(found), len(looks)))
    every = [one for name in looks for one in found[name]]
    return sorted(every, key=lambda one: SECTIONS.index(one.section))


def _in_child(name: str, about: str, seconds: float, should_stop: ShouldStop) -> list[Check]:
    check(should_stop)
    results: list[Mapping[str, Any] | None] = []
    errors: list[BoxwrightError] = []
    try:
        job = Job("doctor", {"probe": name, "about": about}, _nothing, results.append, errors.append)
    except BoxwrightError as error:
        return [_not_done(name, "it could not be started", str(error))]
    waited = 0.0
    while not job.wait(_LOOK_EVERY):
        waited += _LOOK_EVERY
        if should_stop() or waited >= seconds:
            job.cancel()
            job.wait(_STOPPING)
            check(should_stop)
            return [_not_done(name, f"no answer within {seconds:.0f} seconds")]
    result = results[0] if results else None
    if result is None:
        return [_not_done(name, "it ended before it answered", str(errors[0]) if errors else "")]
    return [from_json(one) for one in result["checks"]]


def _not_done(name: str, why: str, details: str = "") -> Check:
    section = PROBES[name][0]
    todo = "Run boxwright doctor again; if it stays so, send a report."
    return Check(section, f"Look at {name}", State.PROBLEM, f"It did not come to its end: {why}.", todo,
                 names=(details,) if details else ())  # fmt: skip


def _nothing(_event: object, _folder: Path) -> None:
    """A probe says nothing before its end."""
