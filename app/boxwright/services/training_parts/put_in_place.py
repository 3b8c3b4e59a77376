"""Last step of adding packages: installing wheels that are on the disk, and taking away again what did not end well."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib.util import cache_from_source
from pathlib import Path
from typing import Any

from boxwright.config.own_program import own_command, own_executable
from boxwright.config.processes import end_tree
from boxwright.domain.errors import TrainingError
from boxwright.domain.messages import Message
from boxwright.domain.progress import check
from boxwright.services.training_parts.environment import target
from boxwright.services.training_parts.fetch import Fetched
from boxwright.services.training_parts.pip import Pip, environment, why
from boxwright.training.program import run_program

_LOOK = 0.1


def put_in_place(pip: Pip, found: Fetched, modules: Sequence[str]) -> None:
    """Install what was fetched, none of which is there yet, and see that `modules` load.

    Raises `Cancelled` and `TrainingError`; then every file is gone again that was not there before.
    """
    with _undone_unless_well(pip, found):
        _install(pip, ["--no-deps", "--no-index", "--find-links", str(found.folder), *found.names])
        program = f"import {', '.join(modules)}"
        lines: list[str] = []
        ended = run_program(
            [own_executable(), "-c", program], pip.work, environment(pip.work), lines.append, pip.should_stop
        )
        if ended.code != 0:
            for line in lines:
                pip.hear(line)
            raise TrainingError(
                "The packages were installed and do not load here ({0}), so they were taken away again.",
                ended.last_line,
            )


def _install(pip: Pip, arguments: Sequence[str]) -> None:
    """Not on the leash of `run_program`: should this program be killed now, pip still comes to its end, and its lines
    are in a file, since a pipe that nobody reads would stop it half-way."""
    output = pip.work / "install.txt"
    command = own_command("pip", "install", *arguments, "--disable-pip-version-check", "--no-input")
    pip.hear(f"$ {' '.join(command)}")
    with output.open("wb") as file:
        process = subprocess.Popen(  # noqa: S603 - an argument list, no shell
            command,
            cwd=pip.work,
            env=environment(pip.work / "tmp"),
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            **_own_group(),
        )
        try:
            while True:
                with suppress(subprocess.TimeoutExpired):
                    code = process.wait(_LOOK)
                    break
                check(pip.should_stop)
        finally:
            end_tree(process)
            process.wait()
    lines = output.read_text(encoding="utf-8", errors="replace").splitlines()
    for line in lines:
        pip.hear(line)
    if code != 0:
        raise why(lines, code)


def _own_group() -> dict[str, Any]:
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NO_WINDOW}
    return {"start_new_session": True}


@contextmanager
def _undone_unless_well(pip: Pip, found: Fetched) -> Iterator[None]:
    there = {file for wheel in found.wheels for file in _files_of(wheel) if file.exists()}
    try:
        yield
    except BaseException:
        pip.hear(Message("Taking away what was put in place."))
        command = own_command("pip", "uninstall", "--yes", *(name for name, _ in found.releases))
        with suppress(OSError):
            subprocess.run(command, cwd=pip.work, capture_output=True, check=False)  # noqa: S603
        for wheel in found.wheels:
            _remove(file for file in _files_of(wheel) if file not in there)
        raise


def _files_of(wheel: Path) -> Iterator[Path]:
    """Where pip puts the files of a wheel: those that it has unpacked when it is killed, uninstalling does not find."""
    folders = {target(), Path(sysconfig.get_path("platlib"))} if target().is_relative_to(sys.prefix) else {target()}
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    for folder in folders:
        for name in names:
            first, _, rest = name.partition("/")
            inside = rest.partition("/")[2] if first.endswith(".data") else name
            if name.endswith("/") or ".." in Path(name).parts or (first.endswith(".data") and "lib/" not in name):
                continue
            yield folder / inside
            if inside.endswith(".py"):
                yield Path(cache_from_source(str(folder / inside)))
        info = next((name.partition("/")[0] for name in names if ".dist-info/" in name), None)
        if info is not None:
            yield from (folder / info / made for made in ("INSTALLER", "REQUESTED", "direct_url.json", "RECORD"))


def _remove(files: Iterator[Path]) -> None:
    """And the folders that are empty then, within the one where packages lie."""
    home = target()
    folders: set[Path] = set()
    for file in files:
        with suppress(OSError):
            file.unlink()
        folders.update(parent for parent in file.parents if parent != home and parent.is_relative_to(home))
    for folder in sorted(folders, key=lambda one: len(one.parts), reverse=True):
        with suppress(OSError):
            folder.rmdir()
