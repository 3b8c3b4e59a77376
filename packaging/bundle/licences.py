"""Texts of the licences of everything in a bundle, in one file."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable
from contextlib import suppress
from importlib import metadata
from pathlib import Path

from boxwright.services.licences import Package, installed, python, read, texts

_COMMON = Path("/usr/share/common-licenses")
_NAMED = re.compile(rf"{_COMMON}/([A-Za-z0-9.-]*[A-Za-z0-9])")


def packages() -> list[Package]:
    """Every package that a bundle is made of, and what starts it."""
    found = [*installed(("train", "parquet")), python()]
    with suppress(metadata.PackageNotFoundError):
        found.append(Package("pyinstaller", metadata.version("pyinstaller"), ""))
    return found


def system_packages(files: Iterable[Path]) -> dict[str, str]:
    """Debian packages that `files` came from, with what they say of their copyright. A file that no package claims
    stands for itself, and what says nothing has an empty text."""
    found = {}
    for file in sorted({file.resolve() for file in files}):
        # Since /lib is a link to /usr/lib, dpkg still knows many a file by the shorter name only.
        asked = ["dpkg-query", "-S", str(file), str(file).removeprefix("/usr")]
        package = subprocess.run(asked, capture_output=True, text=True, check=False).stdout.partition(":")[0]
        said = Path("/usr/share/doc") / package / "copyright"
        found[package or file.name] = read(said) if package and said.is_file() else ""
    return found


def write_licences(out: Path, system_files: Iterable[Path]) -> list[str]:
    """Write all texts into `out`, and return the names of the packages for which none was found."""
    parts: dict[str, list[str]] = {}
    for package in packages():
        parts[f"{package.title} {package.licence}".strip()] = [read(text) for text in texts(package)]
    for name, text in system_packages(system_files).items():
        parts[f"{name}, a package of the system that the bundle was made on"] = [text] if text else []
    named = {name for found in parts.values() for text in found for name in _NAMED.findall(text)}
    for name in sorted(named):
        if (_COMMON / name).is_file():
            parts[f"The licence {name}"] = [read(_COMMON / name)]
    with out.open("w", encoding="utf-8") as written:
        for title, found in parts.items():
            written.write(f"{'=' * 100}\n{title}\n{'=' * 100}\n\n" + "\n\n".join(found) + "\n\n")
    return [title for title, found in parts.items() if not found]
