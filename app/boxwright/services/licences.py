"""Licences of what is installed: each package that Boxwright runs with, and the texts that came with it."""

from __future__ import annotations

import platform
import re
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from boxwright.config import paths

ROOT = "boxwright"
EXTRAS = ("train", "gpu", "parquet", "ultralytics")
"""Those that a person installs; the others are tools for the program itself."""

_TEXT = re.compile(r"licen[cs]e|copying|notice|third.party", re.IGNORECASE)
_PROGRAM = (".py", ".pyc", ".pyi", ".so", ".dll", ".h", ".json")
# What a package says of its licence without a name that is known everywhere.
_SAID = {
    "3-clause bsd license": "BSD-3-Clause",
    "apache 2.0": "Apache-2.0",
    "apache license, version 2.0": "Apache-2.0",
    "lgpl-3.0-only or gpl-2.0-only or gpl-3.0": "LGPL-3.0-only OR GPL-2.0-only OR GPL-3.0-only",
    "mit license": "MIT",
    "psfl": "PSF-2.0",
}
# Of packages that name a licence and bring no text of it.
_SHIPPED = (("LGPL-3.0", ("LGPL-3.0.txt", "GPL-3.0.txt")), ("PSF-2.0", ("Python.txt",)))


@dataclass(frozen=True)
class Package:
    """An installed package. `licence`: an SPDX expression where it is known as one, else its own words, else "".
    `needs`: names of others that it was installed with, of those that are here."""

    name: str
    version: str
    licence: str
    needs: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        return f"{self.name} {self.version}"


def python() -> Package:
    """The interpreter that runs this program."""
    return Package("Python", platform.python_version(), "PSF-2.0")


def installed(extras: Iterable[str] = EXTRAS) -> list[Package]:
    """Boxwright first, then by name every package that it needs, for `extras` too, as far as it is here."""
    wanted: dict[str, set[str]] = {}
    open_ends = [(ROOT, frozenset(extras))]
    found: dict[str, Package] = {}
    while open_ends:
        asked, more = open_ends.pop()
        name = canonicalize_name(asked)
        known = wanted.get(name, set())
        if name in wanted and more <= known:
            continue
        wanted[name] = known | more
        try:
            distribution = metadata.distribution(asked)
        except metadata.PackageNotFoundError:
            continue
        needed = _needed(distribution, wanted[name])
        needs = tuple(sorted({canonicalize_name(one.name) for one in needed}))
        found[name] = Package(distribution.metadata["Name"], distribution.version, _licence(distribution), needs)
        open_ends += [(one.name, frozenset(one.extras)) for one in needed]
    return sorted(found.values(), key=lambda package: (package.name != ROOT, package.name.lower()))


def texts(package: Package) -> list[Path]:
    """Files with the licences of `package` and of what it is made of, each text once, its metadata's first; empty
    where there is none. Not quick: a large package lists ten thousand files."""
    if package == python():
        return _shipped(package.licence)
    files = metadata.distribution(package.name).files or []
    named = [file for file in files if _TEXT.search(file.name) and file.suffix.lower() not in _PROGRAM]
    own = [Path(str(file.locate())) for file in sorted(named, key=_place)]
    once: dict[bytes, Path] = {}
    for path in filter(Path.is_file, own):
        once.setdefault(path.read_bytes(), path)
    return list(once.values()) or _shipped(package.licence)


def read(text: Path) -> str:
    """The text in `text`, whatever its encoding. Raises OSError."""
    return text.read_text(encoding="utf-8", errors="replace")


def _needed(distribution: metadata.Distribution, extras: set[str]) -> list[Requirement]:
    every = [Requirement(line) for line in distribution.requires or []]
    cases = [{"extra": extra} for extra in ("", *extras)]
    return [one for one in every if one.marker is None or any(one.marker.evaluate(case) for case in cases)]


def _licence(distribution: metadata.Distribution) -> str:
    fields = distribution.metadata
    said = next((fields[name].strip() for name in ("License-Expression", "License") if name in fields), "")
    if not said or "\n" in said or said == "BSD":
        classes = [line for line in fields.get_all("Classifier") or [] if line.startswith("License ::")]
        said = " OR ".join(line.split(" :: ")[-1] for line in classes) or said.partition("\n")[0]
    return _SAID.get(said.lower(), said)


def _place(file: metadata.PackagePath) -> tuple[bool, int, str]:
    return not file.parts[0].endswith(".dist-info"), len(file.parts), str(file)


def _shipped(licence: str) -> list[Path]:
    """Texts that come with Boxwright, for a package that has none."""
    folder = paths.resources() / "licences"
    found = [folder / file for name, files in _SHIPPED if name in licence for file in files]
    return found or ([paths.docs().parent / "LICENSE"] if licence == "Apache-2.0" else [])
