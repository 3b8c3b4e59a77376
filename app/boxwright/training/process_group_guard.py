"""Guard of somebody else's program: `python -m boxwright.training.process_group_guard ENDING.json PROGRAM ARGUMENT...`

It leads a process group that the program and all it starts belong to, and ends that group when the program ends or when
its own standard input closes. So the program never outlives the process that wanted it, even when that one is killed.
How the program ended is in ENDING.json: `{"code": N}`, negative for a signal, or `{"error": "why it did not start"}`.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from boxwright.config.atomic import writing
from boxwright.config.processes import end_own_tree, end_with_parent


def main(arguments: Sequence[str]) -> None:
    ending, command = Path(arguments[0]), list(arguments[1:])
    end_with_parent()
    told: dict[str, int | str]
    try:
        told = {"code": subprocess.Popen(command, stdin=subprocess.DEVNULL).wait()}  # noqa: S603 - no shell
    except (OSError, ValueError) as error:
        told = {"error": getattr(error, "strerror", None) or str(error)}
    with writing(ending, durable=False) as aside:
        aside.write_text(json.dumps(told), encoding="utf-8")
    if sys.platform != "win32":
        end_own_tree()


if __name__ == "__main__":
    main(sys.argv[1:])
