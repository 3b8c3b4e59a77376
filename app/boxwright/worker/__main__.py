"""`python -m boxwright.worker VERB JOB.json`; the lines it prints are described in `boxwright.services.child`."""

from __future__ import annotations

import json
import logging
import os
import shutil
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from boxwright.config.processes import end_with_parent
from boxwright.domain.errors import BoxwrightError
from boxwright.domain.messages import Message, to_json
from boxwright.services.project.diagnosis import diagnosed
from boxwright.worker.niceness import be_nice
from boxwright.worker.verbs import load_verb


def main(arguments: Sequence[str]) -> int:
    if len(arguments) != 2:
        print("usage: python -m boxwright.worker VERB JOB.json", file=sys.stderr)
        return 2
    verb, job_file = arguments
    emit = _Emitter()
    be_nice()
    job: dict[str, Any] = {}
    try:
        job = json.loads(Path(job_file).read_text(encoding="utf-8"))
        end_with_parent(partial(shutil.rmtree, Path(job["folder"]), ignore_errors=True))
        result = load_verb(verb)(job, emit)
    except BoxwrightError as error:
        emit({"event": "error", "message": error.message})
        return 1
    except OSError as error:
        logging.exception("worker %s", verb)
        emit(
            {
                "event": "error",
                "message": Message("The task could not read or write a file ({0}); what was done is kept.", error),
            }
        )
        return 1
    except MemoryError:
        emit(
            {
                "event": "error",
                "message": Message("This task needs more memory than the machine has free; close other programs."),
            }
        )
        return 1
    except Exception as error:
        if (found := diagnosed(Path(job.get("project", "")), error)) is not None:
            emit({"event": "error", "message": found.message})
            return 1
        logging.exception("worker %s", verb)
        emit(
            {
                "event": "error",
                "message": Message("The task stopped because of a mistake in the program: {0}.", repr(error)),
            }
        )
        return 1
    emit({"event": "done", "result": result})
    return 0


class _Emitter:
    """Prints events on the real standard output; whatever else prints there goes to standard error from now on."""

    def __init__(self) -> None:
        self._out = os.fdopen(os.dup(1), "w", encoding="utf-8")
        os.dup2(2, 1)

    def __call__(self, event: dict[str, Any]) -> None:
        self._out.write(json.dumps(to_json(event)) + "\n")
        self._out.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
