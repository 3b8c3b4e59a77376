"""The verb `doctor`: one probe of the doctor."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from boxwright.services.doctor.probes import run_probe


def run(arguments: Mapping[str, Any], _emit: object) -> dict[str, Any]:
    """`arguments`: probe (its name), about (the project's folder or ""). Returns `checks`."""
    return {"checks": run_probe(str(arguments["probe"]), str(arguments["about"]))}
