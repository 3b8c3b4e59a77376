"""What shared libraries ask for, as objdump of binutils reads it from them; PyInstaller needs the same program."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

# Of the C library, which no program can bring along: it has to fit the system's loader.
GLIBC = re.compile(r"(ld-linux-x86-64|lib(c|m|dl|rt|pthread|util|resolv|anl|crypt|nsl|mvec|BrokenLocale))\.so\.\d+$")
_VERSION = re.compile(r"\bGLIBC_(\d+)\.(\d+)")


@dataclass(frozen=True)
class Wants:
    """What one file asks for: names of `libraries`, and the newest version of the C library in its symbols."""

    libraries: frozenset[str]
    glibc: tuple[int, int]


def is_elf(file: Path) -> bool:
    with file.open("rb") as opened:
        return opened.read(4) == b"\x7fELF"


def read_wants(files: Iterable[Path]) -> dict[Path, Wants]:
    """What each of `files` asks for. Raises CalledProcessError for one that is no ELF file."""
    names = [str(file) for file in files]
    if not names:
        return {}
    done = subprocess.run(["objdump", "-p", *names], capture_output=True, text=True, check=True)
    return parse_objdump(done.stdout)


def parse_objdump(text: str) -> dict[Path, Wants]:
    """The output of `objdump -p FILE...`."""
    found = {}
    parts = re.split(r"^(.+):\s+file format .+$", text, flags=re.MULTILINE)
    for name, body in zip(parts[1::2], parts[2::2], strict=True):
        references = body.partition("Version References:")[2]
        versions = [(int(major), int(minor)) for major, minor in _VERSION.findall(references)]
        libraries = frozenset(re.findall(r"^\s+NEEDED\s+(\S+)$", body, flags=re.MULTILINE))
        found[Path(name)] = Wants(libraries, max(versions, default=(0, 0)))
    return found


def newest_glibc(wants: Iterable[Wants]) -> str:
    """The oldest C library that all of them run with, as `2.34`."""
    return ".".join(map(str, max((each.glibc for each in wants), default=(0, 0))))
