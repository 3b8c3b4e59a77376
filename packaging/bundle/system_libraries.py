"""Copies of the libraries of the system that the bundle asks for and does not have, for systems that lack them.

They lie in a folder of their own, in the order in which they can be loaded; `start.py` takes one only where the system
has none of that name.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterable, Mapping
from graphlib import TopologicalSorter
from pathlib import Path

from bundle.elf import GLIBC, Wants, is_elf, read_wants
from bundle.start import ORDER


class MissingLibraries(Exception):
    """Libraries that neither the bundle nor this machine has."""


def libraries_of_this_system() -> dict[str, Path]:
    """Every library that the loader knows here, by its name."""
    listed = subprocess.run(["/sbin/ldconfig", "-p"], capture_output=True, text=True, check=True).stdout
    found: dict[str, Path] = {}
    for line in listed.splitlines():
        name, arrow, path = line.strip().partition(" => ")
        if arrow and "x86-64" in name:
            found.setdefault(name.split()[0], Path(path))
    return found


def elf_files(folder: Path) -> list[Path]:
    return [file for file in sorted(folder.rglob("*")) if file.is_file() and not file.is_symlink() and is_elf(file)]


def missing_names(wants: Iterable[Wants], have: Iterable[str]) -> set[str]:
    """What is asked for and not in `have`, but for the C library."""
    asked = {name for each in wants for name in each.libraries}
    return {name for name in asked - set(have) if not GLIBC.match(name)}


def loading_order(wants: Mapping[str, Wants]) -> list[str]:
    """Names of libraries, each after those that it asks for itself."""
    asks = {name: sorted(each.libraries & wants.keys()) for name, each in sorted(wants.items())}
    return list(TopologicalSorter(asks).static_order())


def fill_in(root: Path, into: Path, optional: Iterable[Path] = ()) -> dict[str, Path]:
    """Copy into `into` what the files below `root` ask for and return where each came from, by its name.

    What only the files in `optional` ask for is left out: they are of use where the system has it. Raises
    MissingLibraries.
    """
    there = elf_files(root)
    have = {path.name for path in root.rglob("*") if ".so" in path.name}
    lookup = libraries_of_this_system()
    wanted = read_wants(file for file in there if file not in set(optional))
    taken: dict[str, Path] = {}
    wants_of: dict[str, Wants] = {}
    names = missing_names(wanted.values(), have)
    while names:
        if unknown := sorted(names - lookup.keys()):
            raise MissingLibraries(", ".join(unknown))
        for name in names:
            taken[name] = lookup[name]
            wants_of[name] = read_wants([lookup[name].resolve()])[lookup[name].resolve()]
        names = missing_names(wants_of.values(), have | taken.keys())
    into.mkdir(parents=True, exist_ok=True)
    for name, source in taken.items():
        shutil.copyfile(source, into / name)
    (into / ORDER).write_text("".join(f"{name}\n" for name in loading_order(wants_of)), encoding="utf-8")
    return taken
