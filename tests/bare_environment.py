"""An environment in which the packages for training are missing, small wheels in their place, and an index that serves
them: pip, its child processes and the folders are real."""

from __future__ import annotations

import base64
import hashlib
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from tests.http_site import Page, site

from boxwright.training.checks import PARTS

# Of torch 2.13 and of onnx, what nothing else here needs.
TORCH, ONNX, HELPER = "2.13.0", "1.23.2", "1.14.0"


def make_environment(folder: Path, *more: str, without: Sequence[str] = PARTS) -> Path:
    """A virtual environment with everything that these tests have but `without`, by links; its Python."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", *more, str(folder)], check=True)
    site = next((folder / "lib").glob("python*/site-packages"))
    farm = folder / "farm"
    farm.mkdir()
    rest: list[str] = [str(farm)]
    for entry in map(Path, sys.path):
        if entry.name == "site-packages":
            for one in entry.iterdir():
                package = one.name.split("-")[0].removesuffix(".py").lower()
                if package not in {*without, "sympy"} and one.suffix != ".pth" and not (farm / one.name).exists():
                    (farm / one.name).symlink_to(one)
        elif (entry / "boxwright").is_dir():
            rest.append(str(entry))
    (site / "everything.pth").write_text("\n".join(rest))
    return folder / "bin" / "python"


def packages_of(python: Path) -> set[str]:
    """Names of everything in its own folder of packages."""
    ask = "import os, sysconfig; print('\\n'.join(os.listdir(sysconfig.get_path('purelib'))))"
    told = subprocess.run([python, "-c", ask], capture_output=True, text=True, check=True)
    return set(told.stdout.split()) - {"everything.pth"}


def make_wheel(
    folder: Path, name: str, version: str, needs: Sequence[str] = (), files: Mapping[str, bytes] | None = None
) -> Path:
    """A whole wheel with a module of its name and `files` besides."""
    info = f"{name}-{version}.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    contents = {
        f"{name}/__init__.py": f"__version__ = {version!r}\n".encode(),
        **(files or {}),
        f"{info}/METADATA": (metadata + "".join(f"Requires-Dist: {one}\n" for one in needs)).encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    rows = [f"{path},sha256={_hash(data)},{len(data)}" for path, data in contents.items()]
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(file, "w") as archive:
        for path, data in contents.items():
            archive.writestr(path, data)
        archive.writestr(f"{info}/RECORD", "\n".join([*rows, f"{info}/RECORD,,", ""]))
    return file


def training_wheels(folder: Path, local: str = "+cpu", torch: Mapping[str, bytes] | None = None) -> Path:
    """Wheels called torch and onnx, and one that the first needs."""
    make_wheel(folder, "torch", f"{TORCH}{local}", ["sympy>=1.13", "numpy"], torch)
    make_wheel(folder, "onnx", ONNX, ["numpy>=1.2"])
    make_wheel(folder, "sympy", HELPER)
    return folder


@contextmanager
def index(wheels: Path, before: Callable[[str], object] = lambda _: None) -> Iterator[str]:
    """The address of a package index with `wheels` on this machine; `before(path)` is called before each answer."""

    links: dict[str, str] = {}
    with site() as server:
        server.before = before
        for wheel in wheels.glob("*.whl"):
            file = f"/files/{quote(wheel.name)}"
            server.pages[file] = Page(wheel.read_bytes(), tag="")
            name = wheel.name.split("-")[0]
            links[name] = links.get(name, "") + f'<a href="{file}">{wheel.name}</a><br>\n'
        for name, page in links.items():
            server.pages[f"/simple/{name}/"] = Page(page.encode(), tag="", kind="text/html")
        yield server.address("/simple")


def pip_settings(home: Path, address: str = "") -> dict[str, str]:
    """Environment variables of a person whose pip knows the index at `address` and nothing else."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PIP_", "BOXWRIGHT_", "PYTHON", "VIRTUAL_"))}
    own = {"BOXWRIGHT_HOME": str(home), "PIP_CONFIG_FILE": os.devnull, "PYTHONDONTWRITEBYTECODE": "1"}
    return {**kept, **own, **({"PIP_INDEX_URL": address} if address else {"PIP_NO_INDEX": "1"})}


def _hash(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
