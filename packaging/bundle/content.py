"""What of the installed packages goes into the bundle; PyInstaller finds more than the program uses."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from bundle.elf import is_elf, read_wants

Entry = tuple[str, str, str]
"""Name in the bundle, the file, and PyInstaller's word for its kind."""

EXCLUDED_MODULES = [
    # Found by way of optional imports of others; the tests' and the documentation's tools are installed beside them.
    "IPython", "_pytest", "babel", "expecttest", "hypothesis", "libcst", "matplotlib", "mkdocs", "mypy", "mypyc",
    "numba", "pandas", "pip", "pkg_resources", "psutil", "pytest", "scipy", "setuptools", "tensorboard", "textual",
    "tkinter", "torch.utils.tensorboard",
    # AGPL-3.0 and GPL-3.0: never part of a bundle.
    "readline", "ultralytics", "torchvision",
]  # fmt: skip

_QT_PLUGINS = (
    "platforms/libq(xcb|wayland|offscreen|minimal)", "platforms/q", "iconengines/", "imageformats/(lib)?q(?!.*pdf)",
    "platforminputcontexts/lib(compose|ibus)", "platformthemes/", "wayland-(shell-integration|.*-client)/", "styles/",
    "xcbglintegrations/",
)  # fmt: skip
_NOT_USED = re.compile(
    "|".join([
        r"torch/(bin/(?!torch_shm_manager$)|(include|share|test)/)",
        r"(.*/)?lib(torchbind_test|jitbackend_test|backend_with_compiler)\.",
        r"pyarrow/(include|includes|src|tests)/",
        r"pyarrow/_(azurefs|cuda|flight|gcsfs|hdfs|s3fs|substrait)\.",
        r"PySide6/Qt/(libexec|metatypes|qml)/",
        r"PySide6/QtNetwork\.",
        r"PySide6/(Qt/)?translations/(?!qtbase_)",
        rf"PySide6/(Qt/)?plugins/(?!{'|'.join(_QT_PLUGINS)})",
        # Theirs has to fit the driver of the machine.
        r"lib(cu|nv)[a-zA-Z]*\.so",
    ])
)  # fmt: skip
# A library is here for the files that ask for it; the other files are what is loaded by its place.
_LIBRARY = re.compile(r"(PySide6/Qt/lib/|[^/]+\.libs/|pyarrow/)?lib[^/.][^/]*\.so[.\d]*$")
_OF_THE_SYSTEM = ("/lib/", "/lib64/", "/usr/lib/", "/usr/lib64/", "/usr/local/lib/")


def without_what_is_not_used(entries: Iterable[Entry]) -> list[Entry]:
    """`entries` but for what the program never loads, second copies of one file, and on Linux libraries that nothing
    kept asks for or that are the system's: `system_libraries.py` sees to those."""
    kept = [entry for entry in entries if not _NOT_USED.match(entry[0].replace("\\", "/"))]
    if sys.platform != "linux":
        return kept
    return _asked_for(_once([entry for entry in kept if entry[2] != "SYMLINK"]))


def _once(entries: Sequence[Entry]) -> list[Entry]:
    """Of several entries for one file the one that lies deepest, where its package looks for it."""
    deepest: dict[str, Entry] = {}
    for entry in sorted(entries, key=lambda entry: entry[0].count("/")):
        deepest[entry[1]] = entry
    return [entry for entry in entries if deepest[entry[1]] == entry]


def _asked_for(entries: Sequence[Entry]) -> list[Entry]:
    files = [Path(source) for _, source, _ in entries if Path(source).is_file() and is_elf(Path(source))]
    wants = {str(file): each.libraries for file, each in read_wants(files).items()}
    python = [entry for entry in entries if "lib-dynload/" in entry[0] or entry[0].startswith("libpython")]
    own = [entry for entry in entries if entry in python or not entry[1].startswith(_OF_THE_SYSTEM)]
    # Python itself asks for some before anything of ours runs.
    own += [entry for entry in entries if entry not in own and entry[0] in _reached(python, entries, wants)]
    loaded = [entry for entry in own if entry in python or not _LIBRARY.match(entry[0])]
    used = _reached(loaded, own, wants)
    return [entry for entry in own if entry in loaded or Path(entry[0]).name in used]


def _reached(roots: Iterable[Entry], entries: Iterable[Entry], wants: dict[str, frozenset[str]]) -> set[str]:
    """Names of the libraries that `roots` ask for, and that those ask for in turn."""
    sources = {Path(name).name: source for name, source, _ in entries}
    reached: set[str] = set()
    waiting = [source for _, source, _ in roots]
    while waiting:
        new = wants.get(waiting.pop(), frozenset()) - reached
        reached |= new
        waiting += [sources[name] for name in new if name in sources]
    return reached
