"""Hooks of mkdocs.yml: pages and links of the repository, which are written for reading in the repository, as a site.

The pages beside README.md join those of docs/, README.md as the home page. A link stays as it is in the file: it is
read against the file's place in the repository and leads to the page that this file has become.
"""

from __future__ import annotations

import os
import re
from pathlib import Path, PurePosixPath

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

REPOSITORY = Path(__file__).resolve().parents[1]
# By their place in the site, files from outside docs/.
ADDED = {
    "index.md": "README.md",
    "CONTRIBUTING.md": "CONTRIBUTING.md",
    "CHANGELOG.md": "CHANGELOG.md",
    "RELEASE.md": "RELEASE.md",
    "SECURITY.md": "SECURITY.md",
    "THIRD-PARTY.md": "THIRD-PARTY.md",
    "iframe-worker.js": "packaging/iframe-worker.js",
    "boxwright.svg": "resources/icons/boxwright.svg",
}
PLACES = {within: place for place, within in ADDED.items()}
LINK = re.compile(r"(?<=\]\()(?![a-z]+:|#)([^)#\s]+)")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    for place, within in ADDED.items():
        files.append(File.generated(config, place, abs_src_path=str(REPOSITORY / within)))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    place = page.file.src_uri
    return LINK.sub(lambda link: moved(link[1], place), markdown)


def moved(link: str, place: str) -> str:
    """`link` of the file that is page `place`, both relative, as it has to be from that page."""
    within = ADDED.get(place, f"docs/{place}")
    target = os.path.normpath(PurePosixPath(within).parent / link).replace(os.sep, "/")
    led = PLACES.get(target, target.removeprefix("docs/"))
    return os.path.relpath(led, PurePosixPath(place).parent).replace(os.sep, "/")
