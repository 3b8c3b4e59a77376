"""`boxwright classes`: boxes and images of each class, removing and merging classes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from boxwright.cli.output import emit, json_option

if TYPE_CHECKING:
    from boxwright.services.project.project import Project


@click.command("classes")
@click.argument("project", type=click.Path(path_type=Path))
@click.option("--remove", metavar="NAME", help="Take this class away; refused while boxes have it and nothing is said.")
@click.option("--into", metavar="NAME", help="Its boxes and pre-labels become of this class: the two are merged.")
@click.option("--with-boxes", is_flag=True, help="Its boxes go with it.")
@click.option("--undo", is_flag=True, help="Take the newest removal back.")
@json_option
def command(project: Path, remove: str | None, into: str | None, with_boxes: bool, undo: bool, as_json: bool) -> None:
    """List the classes with the boxes and pre-labels that have them; or remove or merge one.

    A backup is made before.
    """
    if (undo and remove is not None) or (remove is None and (into is not None or with_boxes)):
        raise click.UsageError("Say --remove NAME, with --into NAME or --with-boxes if you like, or --undo.")
    if into is not None and with_boxes:
        raise click.UsageError("Say what becomes of the boxes: --into NAME or --with-boxes.")
    from boxwright.services.project.class_removal import remove_class, undo_removal
    from boxwright.services.project.project import Project

    said = ""
    if remove is None and not undo:
        with Project.open(project, read_only=True) as opened:
            found = _listed(opened)
    else:
        with Project.open_for_writing(project) as opened:
            if remove is None:
                said = undo_removal(opened)
            else:
                target = None if into is None else _id_of(opened, into, "--into")
                said = remove_class(opened, _id_of(opened, remove, "--remove"), target, with_boxes).words
            found = _listed(opened)
    lines = [_line(one) for one in found] or ["The project has no class."]
    emit({"classes": found, "done": said}, "\n".join([*([said] if said else []), *lines]), as_json)


def _listed(project: Project) -> list[dict[str, Any]]:
    listed = []
    for known in project.classes.all():
        use = project.removed_classes.use(known.id)
        listed.append(
            {"id": known.id, "name": known.name, "boxes": use.boxes, "images": use.images, "pre_labels": use.pre_labels}
        )
    return listed


def _line(one: dict[str, Any]) -> str:
    return (
        f"{one['id']:>4}  {one['name']}: {one['boxes']} boxes on {one['images']} images, {one['pre_labels']} pre-labels"
    )


def _id_of(project: Project, name: str, option: str) -> int:
    found = next((known.id for known in project.classes.all() if known.name == name), None)
    if found is None:
        raise click.BadParameter(f"'{name}' is no class of the project.", param_hint=option)
    return found
