"""The two files that the bundle's folder is handed on in: one that unpacks itself, and a package for Debian."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path

HEADER = Path(__file__).with_name("run_header.sh")
PACKAGING = Path(__file__).resolve().parents[1]
_BLOCK = 1 << 20

CONTROL = """Package: boxwright
Version: {version}
Section: graphics
Priority: optional
Architecture: amd64
Maintainer: Boxwright maintainers <boxwright@localhost>
Installed-Size: {kilobytes}
Depends: libc6 (>= {glibc})
Description: desktop labelling of bounding boxes with a detector that learns
 Boxwright lays the guess of a detector on every image, a person corrects it,
 and it is retrained on what was corrected. Everything it needs lies in
 /usr/lib/boxwright, training included; it needs no network.
"""


def run_file(folder: Path, version: str, out: Path) -> None:
    """Write `out`, which unpacks `folder` and starts it: a script for any POSIX shell with a gzipped tar behind it."""
    packed = out.with_name(f"{out.name}.part")
    with tarfile.open(packed, "w:gz", compresslevel=6) as archive:
        archive.add(folder, folder.name, filter=_of_root)
    with packed.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
    words = {
        "VERSION": version, "NAME": folder.name, "SIZE": str(packed.stat().st_size), "SUM": digest, "KEY": digest[:16],
        "UNPACKED": str(size(folder) // 10**6),
    }  # fmt: skip
    with out.open("wb") as written, packed.open("rb") as opened:
        written.write(header(HEADER.read_text(encoding="utf-8"), words))
        shutil.copyfileobj(opened, written, _BLOCK)
    packed.unlink()
    out.chmod(0o755)


def header(template: str, words: dict[str, str]) -> bytes:
    """`template` with `words` in it, and with the number of the byte that follows it, from 1, for `@START@`."""
    for name, value in words.items():
        template = template.replace(f"@{name}@", value)
    start = len(template.encode()) - len("@START@") + 1
    # The number itself has a length, which is part of it.
    start = next(start + digits for digits in range(1, 9) if len(str(start + digits)) == digits)
    return template.replace("@START@", str(start)).encode()


def debian_package(folder: Path, version: str, glibc: str, build: Path, out: Path) -> None:
    """Write `out`, a package of `folder` with menu entry, icons and the type of project files. `build` is for its tree,
    which has to lie on the same file system as `folder`. Raises CalledProcessError."""
    shutil.rmtree(build, ignore_errors=True)
    copy_of = build / "usr" / "lib" / "boxwright"
    # Not in /opt, which dpkg would take away with the package where it is empty. Hard links: a second copy would take
    # as much disk again.
    shutil.copytree(folder, copy_of, symlinks=True, copy_function=_link)
    put_into_menu(build / "usr", PACKAGING)
    (build / "usr" / "bin").mkdir()
    for name in ("boxwright", "boxwright-gui"):
        (build / "usr" / "bin" / name).symlink_to("../lib/boxwright/boxwright")
    (build / "usr" / "share" / "doc" / "boxwright").mkdir(parents=True)
    shutil.copyfile(folder / "LICENCES.txt", build / "usr" / "share" / "doc" / "boxwright" / "copyright")
    control = build / "DEBIAN"
    control.mkdir()
    words = CONTROL.format(version=version, kilobytes=size(build) // 1000, glibc=glibc)
    (control / "control").write_text(words, encoding="utf-8")
    (control / "md5sums").write_text("".join(_md5sums(build)), encoding="utf-8")
    command = ["dpkg-deb", "--root-owner-group", "-Zxz", "-z2", "--build", str(build), str(out)]
    subprocess.run(command, check=True, capture_output=True)


def put_into_menu(usr: Path, packaging: Path) -> None:
    """Menu entry, icon and type of project files below `usr`; dpkg's triggers tell the desktop of them."""
    for source, target in (
        ("boxwright.desktop", "share/applications/boxwright.desktop"),
        ("boxwright-mime.xml", "share/mime/packages/boxwright.xml"),
        ("../resources/icons/boxwright.svg", "share/icons/hicolor/scalable/apps/boxwright.svg"),
    ):
        (usr / target).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(packaging / source, usr / target)


def size(folder: Path) -> int:
    """Bytes of all files below `folder`."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file() and not file.is_symlink())


def _of_root(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = "root"
    return entry


def _link(source: str, target: str) -> None:
    Path(target).hardlink_to(source)


def _md5sums(tree: Path) -> Iterator[str]:
    digest: Callable[[], hashlib._Hash] = lambda: hashlib.md5(usedforsecurity=False)  # noqa: E731
    for file in sorted(tree.rglob("*")):
        if file.is_file() and not file.is_symlink() and "DEBIAN" not in file.parts:
            with file.open("rb") as opened:
                yield f"{hashlib.file_digest(opened, digest).hexdigest()}  {file.relative_to(tree)}\n"
