"""Writes what Boxwright is made of, with the licence of each part and its texts, as CycloneDX:
`python packaging/sbom.py FOLDER [EXTRA...]` leaves boxwright-VERSION.cdx.json in FOLDER.

It lists what is installed in the environment that runs it: with the extra `train` unless others are named. Nothing is
asked of a network."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import orjson
from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import AttachedText, HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.component_evidence import ComponentEvidence
from cyclonedx.model.license import DisjunctiveLicense
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL
from packaging.utils import canonicalize_name

from boxwright.config import paths
from boxwright.services.licences import Package, installed, python, read, texts

DEFAULT_EXTRAS = ("train",)


def bill(packages: list[Package]) -> Bom:
    """`packages`: Boxwright first, as `installed` gives them."""
    parts: dict[str, Component] = {canonicalize_name(package.name): component(package) for package in packages}
    program = parts[canonicalize_name(packages[0].name)]
    program.type = ComponentType.APPLICATION
    interpreter = component(python())
    interpreter.type = ComponentType.PLATFORM
    bom = Bom()
    bom.metadata.component = program
    detectors = [detector(entry) for entry in orjson.loads((paths.models() / "registry.json").read_bytes())["models"]]
    bom.components.update([part for part in parts.values() if part is not program], [interpreter], detectors)
    for package in packages:
        needs = [parts[name] for name in package.needs if name in parts]
        own = [interpreter, *detectors] if package is packages[0] else []
        bom.register_dependency(parts[canonicalize_name(package.name)], [*needs, *own])
    return bom


def component(package: Package) -> Component:
    """The texts are evidence: what was found in the package, beside what it says of itself."""
    url = (
        None
        if package == python()
        else PackageURL("pypi", name=canonicalize_name(package.name), version=package.version)
    )
    evidence = [
        DisjunctiveLicense(
            name=f"{path.parent.name}/{path.name} of {package.name}", text=AttachedText(content=read(path))
        )
        for path in texts(package)
    ]
    return Component(
        type=ComponentType.LIBRARY,
        name=package.name,
        version=package.version,
        bom_ref=package.title,
        purl=url,
        licenses=[LicenseFactory().make_from_string(package.licence)] if package.licence else [],
        evidence=ComponentEvidence(licenses=evidence) if evidence else None,
    )


def detector(entry: dict[str, str]) -> Component:
    """A detector that comes with Boxwright, by its line in the registry."""
    content = hashlib.sha256((paths.models() / entry["file"]).read_bytes()).hexdigest()
    return Component(
        type=ComponentType.MACHINE_LEARNING_MODEL,
        name=entry["name"],
        bom_ref=f"detector {entry['name']}",
        description=entry["origin"],
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=content)],
        licenses=[LicenseFactory().make_from_string(entry["licence"])],
    )


def main() -> None:
    folder, extras = Path(sys.argv[1]), sys.argv[2:] or DEFAULT_EXTRAS
    packages = installed(extras)
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{packages[0].name}-{packages[0].version}.cdx.json"
    file.write_text(JsonV1Dot6(bill(packages)).output_as_string(indent=1), encoding="utf-8")
    print(f"{file}: {len(packages)} packages")


if __name__ == "__main__":
    main()
