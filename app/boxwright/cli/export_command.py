"""`boxwright export`: write the labels as a dataset folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from boxwright.cli.output import emit, json_option, progress_bar

if TYPE_CHECKING:
    from boxwright.domain.image_filter import ImageFilter
    from boxwright.formats.manifest import Verification
    from boxwright.services.exporting.dataset import ExportResult
    from boxwright.services.project.project import Project

_SHOWN = 20


@click.command(name="export")
@click.argument("project", type=click.Path(path_type=Path), required=False)
@click.argument("out", type=click.Path(path_type=Path), required=False)
@click.option("--format", "format_", metavar="F", help="coco, yolo, voc, or another that `boxwright formats` lists.")
@click.option(
    "--images",
    type=click.Choice(["copy", "link", "none"]),
    default="copy",
    show_default=True,
    help="Copy the image files, link to them (a copy where links do not work), or leave them out.",
)
@click.option(
    "--only",
    type=click.Choice(["labeled", "all"]),
    default="labeled",
    show_default=True,
    help="all: the images that nobody has labelled too, marked as such; those with boxes go out with them.",
)
@click.option("--begun", is_flag=True, help="Begun images too: those with boxes that nobody has marked as labelled.")
@click.option(
    "--split", "splits", multiple=True, type=click.Choice(["train", "validation", "test"]), help="Only these."
)
@click.option("--class", "classes", multiple=True, metavar="NAME", help="Only boxes of these, and images with one.")
@click.option("--batch", "batches", multiple=True, type=int, metavar="N", help="Only images of these batches.")
@click.option("--round", "rounds", multiple=True, type=int, metavar="N", help="Only images of these rounds' batches.")
@click.option("--tag", "tags", multiple=True, metavar="TAG", help="Only images with one of these tags.")
@click.option("--annotator", "annotators", multiple=True, metavar="NAME", help="Only images that these labelled last.")
@click.option("--update", is_flag=True, help="Add what is new and changed to the export in OUT.")
@click.option("--outside", is_flag=True, help="Take image files from outside the project's image folders too.")
@click.option(
    "--verify", type=click.Path(path_type=Path), metavar="FOLDER", help="Check an export against its manifest."
)
@json_option
def command(
    project: Path | None, out: Path | None, format_: str | None, verify: Path | None, as_json: bool, **asked: Any
) -> int:
    """Write the labels of PROJECT as the dataset folder OUT.

    OUT is missing, empty, or an earlier export; anything else is left as it is. --split, --class, --batch, --round,
    --tag and --annotator may be given several times, and an image has to fit each kind that is given, batches and
    rounds being one kind. With --verify FOLDER nothing is exported.
    """
    if verify is not None:
        return _verify(verify, as_json)
    if project is None or out is None or format_ is None:
        raise click.UsageError("An export needs PROJECT, OUT and --format; or say --verify FOLDER.")
    from boxwright.formats.staging import ImageMode
    from boxwright.services.exporting.dataset import export_dataset
    from boxwright.services.exporting.preview import preview_export
    from boxwright.services.exporting.request import ExportRequest
    from boxwright.services.project.project import Project

    with Project.open(project, read_only=True) as opened:
        wanted = ExportRequest(
            out, format_, ImageMode(asked["images"]), _filter(opened, asked), asked["update"], asked["outside"]
        )
        for sentence in preview_export(opened, wanted).losses:
            click.echo(sentence, err=True)
        with progress_bar("Exporting") as report:
            result = export_dataset(
                opened, out, format_, wanted.image_mode, wanted.chosen, wanted.update, report, outside=wanted.outside
            )
    emit(result.to_json(), _summary(result), as_json)
    return 0


def _filter(project: Project, asked: dict[str, Any]) -> ImageFilter:
    from boxwright.domain.image import Split
    from boxwright.domain.image_filter import ImageFilter
    from boxwright.domain.names import ByName

    classes = ByName((known.name, known.id) for known in project.classes.all())
    chosen = {name: classes.find(name) for name in asked["classes"]}
    for name, class_id in chosen.items():
        if class_id is None:
            raise click.BadParameter(f"'{name}' is no class of the project.", param_hint="--class")
    for option, known in (("tags", project.labels.tags()), ("annotators", project.selection.annotators())):
        for name in asked[option]:
            if name not in known:
                raise click.BadParameter(f"no image has '{name}'.", param_hint=f"--{option[:-1]}")
    return ImageFilter(
        unlabeled=asked["only"] == "all",
        begun=asked["begun"],
        splits=tuple(Split(name) for name in dict.fromkeys(asked["splits"])),
        class_ids=tuple(sorted({class_id for class_id in chosen.values() if class_id is not None})),
        batches=tuple(sorted(_batches(project, asked["batches"], asked["rounds"]))),
        tags=tuple(sorted(set(asked["tags"]))),
        annotators=tuple(sorted(set(asked["annotators"]))),
    )


def _batches(project: Project, batches: tuple[int, ...], rounds: tuple[int, ...]) -> set[int]:
    from boxwright.services.batches.rounds import batches_by_round

    known, by_round = project.batches.times(), batches_by_round(project)
    for number in batches:
        if number not in known:
            raise click.BadParameter(f"the project has no batch {number}.", param_hint="--batch")
    for number in rounds:
        if number not in by_round:
            raise click.BadParameter(
                f"the project has no round {number}; the one that goes on now is {max(by_round)}.", param_hint="--round"
            )
        if not by_round[number]:
            raise click.BadParameter(f"no batch was drawn in round {number}.", param_hint="--round")
    return {*batches, *(batch for number in rounds for batch in by_round[number])}


def _summary(result: ExportResult) -> str:
    splits = ", ".join(f"{count} {split}" for split, count in result.splits.items())
    lines = [
        f"{result.images} images ({splits}) with {result.boxes} boxes in {len(result.classes)} classes, {result.empty} "
        f"confirmed empty, as {result.format} in {result.out}.",
    ]
    if result.new is not None:
        lines.append(f"{result.new} images are new, {result.changed} changed, {result.gone} are no longer in it.")
    if result.begun and not result.begun_taken:
        lines.append("Begun images go out with --begun.")
    return "\n".join([*lines, *result.notes])


def _verify(folder: Path, as_json: bool) -> int:
    from dataclasses import asdict

    from boxwright.formats.manifest import verify

    with progress_bar("Checking") as report:
        found = verify(folder, report)
    emit({**asdict(found), "sound": found.sound}, _verdict(folder, found), as_json)
    return 0 if found.sound else 1


def _verdict(folder: Path, found: Verification) -> str:
    if found.sound:
        lines = [f"All {found.files} files of the {found.format} export in {folder} are as they were written."]
    else:
        lines = [
            f"The {found.format} export in {folder} is not as it was written: {len(found.missing)} of {found.files} "
            f"files are missing and {len(found.changed)} were changed."
        ]
    for what, names in (("missing", found.missing), ("changed", found.changed), ("added", found.added)):
        lines += [f"  {what}: {name}" for name in names[:_SHOWN]]
        if len(names) > _SHOWN:
            lines.append(f"  {what}: and {len(names) - _SHOWN} more")
    return "\n".join(lines)
