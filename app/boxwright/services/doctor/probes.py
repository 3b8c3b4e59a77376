"""Probes of the doctor by name, each run in a child process of its own, so that none can break or hang another."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

from boxwright.config.limits import limit_this_process, memory_for
from boxwright.services.doctor.check import Check, failed

Probe = Callable[[str], list[Check]]

_HERE = "boxwright.services.doctor"
# Name to section and `module:function`; the function gets the project's folder or "".
PROBES = {
    "program": ("Program", f"{_HERE}.program:program"),
    "machine": ("Machine", f"{_HERE}.machine:machine"),
    "folders": ("Folders", f"{_HERE}.folders:folders"),
    "opencv": ("Program", f"{_HERE}.program:opencv"),
    "devices": ("Detectors", f"{_HERE}.devices:devices"),
    "torch": ("Training", f"{_HERE}.trainers:torch"),
    "trainers": ("Training", f"{_HERE}.trainers:trainers"),
    "project": ("Project", f"{_HERE}.project_check:project"),
}
# Drivers of a device map far more than they use, so a limit on it would hinder them.
_UNBOUND = frozenset({"devices", "torch"})


def run_probe(name: str, project: str) -> list[Mapping[str, Any]]:
    """For the child process: what the probe found, of JSON's types. Its own failure is a problem among them."""
    section, place = PROBES[name]
    if name not in _UNBOUND:
        limit_this_process(memory_for(0))
    module, function = place.split(":")
    try:
        probe: Probe = getattr(import_module(module), function)
        checks = probe(project)
    except Exception as error:  # whatever is broken on this machine is what was asked
        checks = [failed(section, name, error)]
    return [check.to_json() for check in checks]
