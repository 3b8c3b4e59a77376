"""The bundle, which needs nothing: a folder, a file that unpacks itself, and a package for Debian: make bundle.

It is made of the wheel and of what is installed beside this Python; nothing is fetched.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

from bundle.artefacts import debian_package, run_file, size
from bundle.elf import newest_glibc, read_wants
from bundle.licences import write_licences
from bundle.start import FONTS, LIBRARIES
from bundle.system_libraries import MissingLibraries, elf_files, fill_in

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
FONT_FOLDER = Path("/usr/share/fonts/truetype/dejavu")
FONT_FILES = ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf", "DejaVuSansMono.ttf")
# They serve where their own libraries are there: a GPU's, or the desktop's look.
OPTIONAL = ("onnxruntime/capi/libonnxruntime_providers_*.so", "PySide6/Qt/plugins/platformthemes/libqgtk3.so")
README = """Boxwright {version} for Linux on x86_64: start ./boxwright.

Nothing needs to be installed; the C library of the system has to be glibc {glibc} or later.
Licences of all that is in here: LICENCES.txt. The guide: _internal/boxwright/_data/docs/guide/.
"""


def unpack_wheel(into: Path) -> Path:
    """The folder with the package as it is installed, and nothing else."""
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(into)], cwd=ROOT, check=True)
    (wheel,) = into.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(into / "site")
    return into / "site"


def freeze(site: Path, work: Path) -> Path:
    """The folder that PyInstaller makes."""
    # A Python that was started in the checkout would find the sources before the wheel.
    paths = os.pathsep.join([str(site), str(HERE.parent)])
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN", "--distpath", str(work),
               "--workpath", str(work / "work"), str(HERE / "boxwright.spec")]  # fmt: skip
    environment = {**os.environ, "BOXWRIGHT_SITE": str(site), "PYTHONPATH": paths}
    subprocess.run(command, cwd=work, env=environment, check=True)
    return work / "boxwright"


def complete(folder: Path, version: str) -> str:
    """Add what a bare system lacks, the licences and a word on it; return the oldest glibc that it runs with."""
    inside = folder / "_internal"
    optional = [file for pattern in OPTIONAL for file in inside.glob(pattern)]
    taken = fill_in(inside, inside / LIBRARIES, optional)
    fonts = inside / FONTS
    fonts.mkdir(exist_ok=True)
    for name in FONT_FILES:
        shutil.copyfile(FONT_FOLDER / name, fonts / name)
    shutil.copyfile(HERE / "fonts.conf", fonts / "fonts.conf")
    glibc = newest_glibc(read_wants(elf_files(folder)).values())
    for nothing_of in write_licences(folder / "LICENCES.txt", [*taken.values(), FONT_FOLDER / FONT_FILES[0]]):
        print(f"No text of a licence was found for {nothing_of}.", file=sys.stderr)
    shutil.copyfile(ROOT / "LICENSE", folder / "LICENSE")
    (folder / "README.txt").write_text(README.format(version=version, glibc=glibc), encoding="utf-8")
    return glibc


def main() -> int:
    from boxwright import __version__ as version

    work, dist = ROOT / "build" / "bundle", ROOT / "dist"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    dist.mkdir(exist_ok=True)
    made = freeze(unpack_wheel(work / "wheel"), work)
    folder = dist / f"boxwright-{version}-{sys.platform}-{platform.machine()}"
    shutil.rmtree(folder, ignore_errors=True)
    made.rename(folder)
    if sys.platform != "linux":
        # Not tried: .github/workflows/bundle.yml makes a file to hand on of it.
        write_licences(folder / "LICENCES.txt", [])
        return 0
    try:
        glibc = complete(folder, version)
    except (MissingLibraries, FileNotFoundError) as error:
        print(f"This machine lacks what the bundle is made of: {error}.", file=sys.stderr)
        return 1
    print(f"{folder.name}: {size(folder) / 1e6:.0f} MB, glibc {glibc} or later")
    artefacts = [dist / f"{folder.name}.run"]
    run_file(folder, version, artefacts[0])
    if shutil.which("dpkg-deb"):
        artefacts.append(dist / f"boxwright_{version}_amd64.deb")
        debian_package(folder, version, glibc, work / "deb", artefacts[1])
    for artefact in artefacts:
        print(f"{artefact.name}: {artefact.stat().st_size / 1e6:.0f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
