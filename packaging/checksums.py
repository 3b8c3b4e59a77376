"""Writes SHA256SUMS into a folder, over every file in it, as `sha256sum --check` reads it:
`python packaging/checksums.py FOLDER`."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

NAME = "SHA256SUMS"


def checksums(folder: Path) -> str:
    """A line for each file in `folder`, by name; folders in it and an earlier list are left out."""
    lines = []
    for file in sorted(path for path in folder.iterdir() if path.is_file() and path.name != NAME):
        with file.open("rb") as opened:
            lines.append(f"{hashlib.file_digest(opened, 'sha256').hexdigest()}  {file.name}\n")
    return "".join(lines)


def main() -> None:
    folder = Path(sys.argv[1])
    written = checksums(folder)
    (folder / NAME).write_bytes(written.encode())
    print(written, end="")


if __name__ == "__main__":
    main()
