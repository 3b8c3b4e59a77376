"""`boxwright doctor`: what works on this machine and with a project, what does not, and what to do."""

from __future__ import annotations

from pathlib import Path

import click

from boxwright.cli.app import Launchers
from boxwright.cli.output import emit, json_option, progress_bar


@click.command("doctor")
@click.argument("project", required=False, type=click.Path(path_type=Path))
@click.option(
    "--report", "out", type=click.Path(path_type=Path, dir_okay=False), help="Write a report to send: .zip or .txt."
)
@click.option("--names", is_flag=True, help="Names of images, folders and detectors may be in the report.")
@click.option("--class-names", is_flag=True, help="Names of classes may be in the report.")
@json_option
@click.pass_obj
def command(
    launchers: Launchers | None, project: Path | None, out: Path | None, names: bool, class_names: bool, as_json: bool
) -> int:
    """Look at the program, this machine and PROJECT, and say what works, what does not, and what to do.

    Nothing is changed and nothing is sent. Exit status 1 when something does not work.
    """
    from boxwright.services.doctor.check import State, worst
    from boxwright.services.doctor.examine import examine
    from boxwright.services.doctor.report import Wanted, lines, make_report
    from boxwright.services.doctor.report_file import write_report

    with progress_bar("Doctor") as progress:
        checks = examine(project, launchers.display_check if launchers is not None else (), progress)
    if out is not None:
        about = [project.expanduser().absolute()] if project is not None else []
        write_report(make_report(checks, Wanted(names, class_names), about), out)
    state = worst(checks)
    text = "\n".join(lines(checks, Wanted(names=True)))
    if out is not None:
        text += f"\nThe report is in {out}."
    emit({"state": state, "checks": [one.to_json() for one in checks]}, text, as_json)
    return 1 if state is State.PROBLEM else 0
