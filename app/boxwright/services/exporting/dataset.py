"""Export of a project's labels as a dataset folder."""

from __future__ import annotations

from pathlib import Path

from boxwright.domain.errors import FormatError
from boxwright.domain.image_filter import ImageFilter
from boxwright.domain.messages import Message
from boxwright.domain.progress import Progress, Report, ShouldStop, check, ignore, never
from boxwright.formats.base import Format
from boxwright.formats.registry import by_name, formats
from boxwright.formats.staging import ImageMode, check_replaceable, staged
from boxwright.services.exporting.card import README, details, options_of, readme
from boxwright.services.exporting.disk_space import check_room
from boxwright.services.exporting.outside import refuse_outside
from boxwright.services.exporting.plan import ExportPlan, ExportResult
from boxwright.services.exporting.update import Update, key_of
from boxwright.services.project.project import Project

__all__ = ["ExportResult", "export_dataset"]

_REPORT_EVERY = 100


def export_dataset(
    project: Project,
    out: Path,
    format: str,  # noqa: A002 - the word of the commands
    image_mode: ImageMode = ImageMode.COPY,
    chosen: ImageFilter | None = None,
    update: bool = False,
    report: Report = ignore,
    should_stop: ShouldStop = never,
    token: str = "",
    outside: bool = False,
) -> ExportResult:
    """Write the images that fit `chosen` (all labelled ones when None) as the folder `out`.

    `out` is made beside its place and renamed: it is there whole, or what was there stays. It may be missing, empty, or
    an earlier export that nobody has changed. With `update` it is an earlier export of the same format and options:
    what is new or changed comes in, its held-out images and what a person added to it stay. `token`: see `staged`.
    `outside`: image files that lie outside the project's image folders are taken too.
    Raises FormatError for anything else, for an unknown format, when nothing fits, for image files that are gone, for
    want of room, and when the disk refuses; Cancelled when stopped.
    """
    chosen, writer = chosen or ImageFilter(), _writer(format)
    out = Path(out).expanduser().absolute()
    earlier = Update(out, writer.name, options_of(project, image_mode, chosen)) if update else None
    if earlier is None:
        check_replaceable(out)
    plan = ExportPlan(project, writer, image_mode, chosen, earlier)
    _check_files(project, plan, out, image_mode, outside)
    done = 0

    def tick() -> None:
        nonlocal done
        if done % _REPORT_EVERY == 0:
            check(should_stop)
            report(Progress(done, len(plan.images), Message("writing images")))
        done += 1

    def read() -> None:
        check(should_stop)
        report(Progress(len(plan.boxes.digests), len(plan.images), Message("writing labels")))

    plan.boxes.on_read = read
    with staged(out, writer.name, earlier.earlier if earlier else None, token) as staging:
        staging.on_image = tick
        writer.write_files(plan.dataset, staging, image_mode)
        result = plan.result(out)
        staging.details = details(project, image_mode, chosen, plan.dataset, result)
        staging.images = plan.entries(staging.placed)
        staging.write(README, readme(writer, staging.details).encode())
    return result


def _check_files(project: Project, plan: ExportPlan, out: Path, image_mode: ImageMode, outside: bool) -> None:
    if image_mode is not ImageMode.NONE and not outside:
        refuse_outside(project, plan.images)
    if image_mode is ImageMode.COPY:
        check_room(out, sum(plan.sizes[image.id][1] for image in plan.images if key_of(image) not in plan.unchanged))


def _writer(name: str) -> Format:
    writer = by_name(name)
    if not writer.capabilities.writes:
        known = ", ".join(each.name for each in formats() if each.capabilities.writes)
        raise FormatError("The format {0} is only read; export as one of {1}.", writer.name, known)
    return writer
