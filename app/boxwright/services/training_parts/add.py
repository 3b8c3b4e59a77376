"""Adding of training parts to the Python that runs this program: fetched, then put in place, or nothing at all."""

from __future__ import annotations

import importlib
import site
import sys
from dataclasses import dataclass
from pathlib import Path

from boxwright.domain.errors import Cancelled, TrainingError
from boxwright.domain.messages import Message, joined
from boxwright.domain.progress import Progress, Report, ShouldStop, check
from boxwright.services.training_parts.environment import Refusal, refusal
from boxwright.services.training_parts.fetch import from_folder, from_index
from boxwright.services.training_parts.parts import Build, Parts, requirements
from boxwright.services.training_parts.pip import Hear, Pip
from boxwright.services.training_parts.put_in_place import put_in_place
from boxwright.services.training_parts.workplace import logged, no_room, work_folder


@dataclass(frozen=True)
class Added:
    """Packages that were added, each with its name and version."""

    packages: tuple[tuple[str, str], ...]


def obstacle(parts: Parts, build: Build = Build.AUTO) -> Refusal | None:
    """Why `parts` cannot be added here, None where they can. Quick, and asks no network."""
    return refusal(requirements(parts, processor=False)) or no_room(parts.size(build))


def add_parts(
    parts: Parts,
    report: Report,
    hear: Hear,
    should_stop: ShouldStop,
    build: Build = Build.AUTO,
    folder: Path | None = None,
) -> Added:
    """Add what is missing of `parts`. The program need not be started anew, and what is installed stays as it is.

    Args:
        parts: What is wanted.
        report: Is told how far it is, in MB of the file that is fetched.
        hear: Gets every line that pip prints.
        should_stop: Asked often.
        build: Of torch.
        folder: Takes wheels from there, in any version that serves, and asks no index.

    Raises:
        Cancelled: `should_stop` said so; nothing was added.
        NoProcessorBuild: The build for the processor is wanted, and the index has only the usual one.
        TrainingError: It cannot be done here, or pip could not. Nothing was added.
    """
    if not parts.missing():
        return Added(())
    if (stands := obstacle(parts, build)) is not None:
        raise TrainingError(joined(" ", (stands.sentence, stands.line)))
    try:
        with logged(hear) as said, work_folder() as work:
            pip = Pip(work, said, report, should_stop)
            found = from_index(pip, parts, build) if folder is None else from_folder(pip, parts, folder)
            check(should_stop)
            report(Progress(0, 0, Message("putting it in place")))
            put_in_place(pip, found, parts.missing())
    except Cancelled:
        raise Cancelled("Stopped; nothing was added.") from None
    make_known()
    return Added(found.releases)


def make_known() -> None:
    """Let this process find what was installed while it runs."""
    importlib.invalidate_caches()
    if site.ENABLE_USER_SITE and (own := site.getusersitepackages()) not in sys.path and Path(own).is_dir():
        site.addsitedir(own)
