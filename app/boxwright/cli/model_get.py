"""`boxwright model get`: bring a detector of the catalogue, try it, and add it to a project."""

from __future__ import annotations

import sys
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import click

from boxwright.cli.model_json import added, mapping_of
from boxwright.cli.output import emit, json_option, progress_bar
from boxwright.config.disk import size_words
from boxwright.domain.errors import BoxwrightError, ModelError
from boxwright.domain.progress import never
from boxwright.services.detectors.catalogue import entry_of
from boxwright.services.detectors.catalogue_entry import CatalogueEntry
from boxwright.services.detectors.kept import detectors_folder
from boxwright.services.detectors.obtain import Obtained, confirm, obtain
from boxwright.services.detectors.obtain_jobs import start_trial
from boxwright.services.detectors.trial import Trial


@click.command("get")
@click.argument("name")
@click.option("--project", type=click.Path(path_type=Path), help="Add it to this project as well.")
@click.option("--from", "source", type=click.Path(path_type=Path), help="A folder with the file, instead of a network.")
@click.option("--into", type=click.Path(path_type=Path), help="The folder to keep it in, instead of your own.")
@click.option("--hash", "sha256", metavar="SHA256", help="The hash that it has; needed where none is known yet.")
@click.option("--map", "pairs", multiple=True, metavar="A=B", help="Detector class A stands for project class B.")
@click.option("--activate", is_flag=True, help="Use it from now on, also when another detector is active.")
@json_option
def get_command(
    name: str,
    project: Path | None,
    source: Path | None,
    into: Path | None,
    sha256: str | None,
    pairs: tuple[str, ...],
    activate: bool,
    as_json: bool,
) -> None:
    """Bring the detector NAME of the catalogue, check its hash, try it, and keep it; see `model catalog`."""
    entry, folder = entry_of(name), into or detectors_folder()
    with progress_bar(f"Getting {entry.name}", of_bytes=True) as report:
        found = obtain(entry, folder, report, never, source, sha256)
    if not found.confirmed:
        _ask(entry, found, as_json)
        found = confirm(entry, folder, found.sha256)
    trial, problem = _tried(entry, found)
    result: dict[str, Any] = {
        "name": entry.name,
        "file": str(found.file),
        "bytes": found.bytes,
        "sha256": found.sha256,
        "licence": entry.licence,
        "layout": trial.layout if trial else None,
        "seconds_per_image": round(trial.seconds, 4) if trial else None,
        "problem": str(problem),
    }
    lines = [
        f"{found.file} is here, {size_words(found.bytes)}, SHA-256 {found.sha256}.",
        _trial_text(trial),
        str(problem),
    ]
    if project is not None and trial is None:
        raise ModelError("{0} is here, but not added to {1}. {2}", found.file, project, problem)
    if project is not None:
        result["model"], text = added(project, found.file, entry.said, mapping_of(pairs), activate)
        lines.append(text)
    emit(result, "\n".join(line for line in lines if line), as_json)


def _ask(entry: CatalogueEntry, found: Obtained, as_json: bool) -> None:
    """Show the hash of a file that nobody has known one for. Raises ModelError where nobody is there to answer."""
    shown = f"{entry.source}\nhas {found.bytes:,} bytes and the SHA-256\n{found.sha256}"
    if as_json or not sys.stdin.isatty():
        raise ModelError(
            "No hash is known for '{0}' yet. The file is here, but was not opened: {1}. Compare it with what its "
            "makers say, then take it with --hash {2}.",
            entry.name,
            shown.replace("\n", " "),
            found.sha256,
        )
    click.echo(f"No hash is known for '{entry.name}' yet. {shown}", err=True)
    click.confirm("Take it, and expect the same the next time?", abort=True, err=True)


def _tried(entry: CatalogueEntry, found: Obtained) -> tuple[Trial | None, BoxwrightError | str]:
    """Tried in a child with limits; or why it cannot be used as it is."""
    answer: Future[Trial] = Future()
    job = start_trial(entry, found.file, answer.set_result, answer.set_exception)
    try:
        return answer.result(), ""
    except BoxwrightError as error:
        return None, error
    finally:
        job.cancel()


def _trial_text(trial: Trial | None) -> str:
    if trial is None:
        return ""
    return f"Read as {trial.layout}, {trial.classes} classes; {trial.seconds:.3g} s for an image on this processor."
