"""Environment that the program runs in: whether pip can add packages to it, and what a person types where not."""

from __future__ import annotations

import json
import os
import site
import sys
import sysconfig
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from importlib.util import find_spec
from pathlib import Path
from urllib.request import url2pathname

from boxwright.config.disk import nearest_folder
from boxwright.config.own_program import is_bundle, own_executable
from boxwright.config.packages import install_line, quoted
from boxwright.domain.messages import Message


@dataclass(frozen=True)
class Refusal:
    """Reason why nothing can be added. `sentence` for a person; `line`: what to type instead, empty where nothing
    helps that could be typed."""

    sentence: str
    line: str = ""

    def __str__(self) -> str:
        return f"{self.sentence} {self.line}".strip()


def refusal(wanted: Sequence[str]) -> Refusal | None:
    """Why pip cannot add `wanted` here, None where it can. Quick, starts nothing."""
    if is_bundle():
        return Refusal(
            Message(
                "This copy of Boxwright is a bundle that comes without these parts, and nothing can be added to it. "
                "Get the bundle that has training in it, or install Boxwright with pip."
            )
        )
    if find_spec("pip") is None:
        return _without_pip(wanted)
    if _externally_managed():
        return Refusal(
            Message(
                "This Python belongs to the system, which keeps pip from changing it; install Boxwright in an "
                "environment of its own:"
            ),
            _own_environment_line(),
        )
    folder = target()
    if not writable(folder):
        return Refusal(
            Message(
                "Boxwright is installed in {0}, where you may not write; who looks after this machine types:", folder
            ),
            install_line(wanted) if sys.platform == "win32" else f"sudo {install_line(wanted)}",
        )
    return None


def target() -> Path:
    """The folder that packages go to: that of this Python, or the person's own where pip would take it instead."""
    folder = Path(sysconfig.get_path("purelib"))
    if site.ENABLE_USER_SITE and not in_virtual_environment() and not writable(folder):
        return Path(site.getusersitepackages())
    return folder


def in_virtual_environment() -> bool:
    return sys.prefix != sys.base_prefix


def writable(folder: Path) -> bool:
    """Whether a file can be made in it, or in the nearest folder above that is there: tried, since neither the
    permissions of a file system that is read-only nor those of Windows tell."""
    try:
        with tempfile.TemporaryFile(dir=nearest_folder(folder), prefix=".boxwright-"):
            return True
    except OSError:
        return False


def _externally_managed() -> bool:
    marker = Path(sysconfig.get_path("stdlib")) / "EXTERNALLY-MANAGED"
    return not in_virtual_environment() and marker.is_file()


def _without_pip(wanted: Sequence[str]) -> Refusal:
    """Tools that make environments without pip have a way of their own to add to them."""
    prefix, python = Path(sys.prefix), quoted(own_executable())
    named = " ".join(wanted)
    if (prefix / "uv-receipt.toml").is_file():
        more = " ".join(f"--with {one}" for one in wanted)
        line, maker = f"uv tool install {_ourselves()} {more}", "uv"
    elif (prefix / "pipx_metadata.json").is_file():
        line, maker = f"pipx inject boxwright {named}", "pipx"
    elif _made_by_uv(prefix):
        line, maker = f"uv pip install --python {python} {named}", "uv"
    else:
        sentence = Message("The Python that runs Boxwright has no pip; add it with this line, then try again:")
        return Refusal(sentence, f"{python} -m ensurepip")
    sentence = Message("Boxwright runs in an environment that {0} made, without pip; {0} adds to it with:", maker)
    return Refusal(sentence, line)


def _made_by_uv(prefix: Path) -> bool:
    try:
        told = (prefix / "pyvenv.cfg").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return any(line.split("=")[0].strip() == "uv" for line in told.splitlines())


def _ourselves() -> str:
    """Boxwright, as it was installed: by name from an index, or from a file."""
    try:
        told = json.loads(distribution("boxwright").read_text("direct_url.json") or "{}")
    except (PackageNotFoundError, ValueError):
        return "boxwright"
    url = str(told.get("url", ""))
    return quoted(url2pathname(url.removeprefix("file://"))) if url.startswith("file://") else url or "boxwright"


def _own_environment_line() -> str:
    python = quoted(own_executable())
    if os.name == "nt":
        home = '"%USERPROFILE%\\boxwright"'
        return f"{python} -m venv {home} && {home}\\Scripts\\pip install boxwright[train]"
    return f"{python} -m venv ~/boxwright && ~/boxwright/bin/pip install 'boxwright[train]'"
