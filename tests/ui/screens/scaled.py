"""Goes through every state in a process of its own, for a scale that Qt only reads at the start: prints the faults as
JSON. QT_SCALE_FACTOR=2 python -m tests.ui.screens.scaled FOLDER [LANGUAGE]"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from tests.ui.screens.faults import faults
from tests.ui.screens.pool import make_pool
from tests.ui.screens.stage import Look, Stage
from tests.ui.screens.states import STATES

from boxwright.ui.shell.application import make_application


def main() -> None:
    app = make_application()
    folder = Path(sys.argv[1])
    stage = Stage(make_pool(folder / "pool"), Look("light", "ko" if "ko" in sys.argv else "en"), folder / "work")
    found = {state.name: faults(state.on(stage)) for state in STATES}
    stage.close()
    print(json.dumps({"scale": app.primaryScreen().devicePixelRatio(), "faults": found}))


if __name__ == "__main__":
    main()
