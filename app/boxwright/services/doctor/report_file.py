"""File of a report: a zip archive, or one text."""

from __future__ import annotations

import zipfile
from pathlib import Path

from boxwright.config.atomic import writing
from boxwright.domain.errors import ProjectError
from boxwright.domain.messages import reason_of
from boxwright.services.doctor.report import Report


def write_report(report: Report, out: Path) -> None:
    """Write it as a zip archive, or as one text where `out` is no `.zip`. Raises ProjectError; then the file that was
    there stays."""
    try:
        with writing(out) as aside:
            if out.suffix.lower() != ".zip":
                aside.write_bytes(_bytes(report.whole))
                return
            with zipfile.ZipFile(aside, "w", zipfile.ZIP_DEFLATED) as archive:
                archive.writestr("report.txt", _bytes(report.text))
                archive.writestr("log.txt", _bytes(report.log))
    except OSError as error:
        raise ProjectError("The report could not be written to {0}: {1}.", out, reason_of(error)) from error


def _bytes(text: str) -> bytes:
    # The name of a file may be no text in any encoding.
    return text.encode("utf-8", "backslashreplace")
