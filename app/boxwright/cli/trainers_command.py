"""`boxwright trainers`: what can train a detector, whether it can run here, and adding what is missing for that."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from boxwright.cli.output import emit, json_option, progress_bar
from boxwright.config.disk import size_words
from boxwright.config.packages import command_line
from boxwright.domain.errors import BoxwrightError
from boxwright.domain.progress import never


@click.command()
@click.option(
    "--install",
    is_flag=False,
    flag_value="train",
    type=click.Choice(["train", "ultralytics"]),
    help="Add the packages that training needs, or those of the trainer ultralytics (AGPL-3.0).",
)
@click.option(
    "--build",
    envvar="BOXWRIGHT_TORCH",
    type=click.Choice(["auto", "cpu", "cuda"]),
    default="auto",
    show_default=True,
    help="Build of torch; auto: for the processor alone on Linux without an NVIDIA device; cuda: the usual one.",
)
@click.option(
    "--from",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Take the packages from a folder of wheels and no index.",
)
@json_option
def command(install: str | None, build: str, folder: Path | None, as_json: bool) -> int:
    """List the trainers, and whether each can run on this machine; --install adds what is missing."""
    if install is not None:
        return _install(install, build, folder, as_json)
    if folder is not None:
        raise click.UsageError("--from says where --install takes the packages from; give both.")
    from boxwright.training.registry import TRAINERS, title_of, trainers

    listed = [
        {
            "name": name,
            "title": title_of(t),
            "summary": t.summary,
            "needs_base_model": t.needs_base_model,
            "obstacle": t.obstacle(),
        }
        for name, t in trainers().items()
    ]
    width = max(len(str(one["name"])) for one in listed)
    emit({"trainers": listed, "broken": TRAINERS.broken}, "\n".join(_told(one, width) for one in listed), as_json)
    return 0


def _told(one: dict[str, Any], width: int) -> str:
    lines = [one["title"] if one["title"] != one["name"] else "", one["summary"]]
    lines += [f"cannot run here: {one['obstacle']}"] if one["obstacle"] else []
    first, *rest = filter(None, lines)
    return "\n".join((f"{one['name'].ljust(width)}  {first}", *(f"{' ' * width}  {line}" for line in rest)))


def _install(name: str, build: str, folder: Path | None, as_json: bool) -> int:
    from boxwright.services.training_parts.add import add_parts
    from boxwright.services.training_parts.fetch import NoProcessorBuild
    from boxwright.services.training_parts.parts import KINDS, Build
    from boxwright.services.training_parts.workplace import log_file

    parts, chosen = KINDS[name], Build(build)
    if missing := parts.missing():
        size = parts.size(chosen)
        about = f"about {size_words(size.fetch)} to fetch, {size_words(size.disk)} on the disk"
        click.echo(f"Missing: {', '.join(missing)} ({about}).", err=True)
    if missing and parts.copyleft:
        click.echo(f"This trainer is {parts.copyleft}, which may bind what you make with it.", err=True)
    said: list[str] = []
    try:
        with progress_bar("Adding") as report:
            added = add_parts(parts, report, said.append, never, chosen, folder)
    except NoProcessorBuild as error:
        line = command_line("trainers", "--install", *([name] if name != "train" else []), "--build", "cuda")
        other = "Or let pip look where the other is: PIP_EXTRA_INDEX_URL=INDEX, or --from FOLDER."
        click.echo(f"{error}\nTake it all the same: {line}\n{other}", err=True)
        return 1
    except BoxwrightError as error:
        click.echo("\n".join((str(error), *([f"What pip said is in {log_file()}."] if said else []))), err=True)
        return 1
    text = "\n".join(f"{one} {number}" for one, number in added.packages) or "Nothing is missing."
    emit({"added": [{"name": one, "version": number} for one, number in added.packages]}, text, as_json)
    return 0
