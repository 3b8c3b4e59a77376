"""How long things take that list classes, with 1,200 of them: the menu of a box, the search, the list in the panel, the
filter of the gallery, the tables of a detector and of an import.

    python tests/benchmarks/bench_classes.py [--classes 1200]
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PIL import Image
from PySide6.QtCore import QPoint
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox

from boxwright.config.settings import Settings
from boxwright.domain import edits
from boxwright.domain.annotation import drawn
from boxwright.domain.box import Box
from boxwright.services.images.scan import add_folders
from boxwright.services.importing.preview import ClassPreview
from boxwright.services.project.project import Project
from boxwright.ui.canvas.class_menu import class_menu
from boxwright.ui.detectors.map_table import MapTable
from boxwright.ui.exchange.import_classes import ImportClassTable
from boxwright.ui.gallery.filters import Choices, GalleryFilters
from boxwright.ui.labelling import commands
from boxwright.ui.look.theme import apply_theme
from boxwright.ui.panels.class_picker import ClassPicker
from boxwright.ui.shell.main_window import MainWindow


def timed(what: str, act: Callable[[], Any]) -> Any:
    began = perf_counter()
    result = act()
    QApplication.processEvents()
    print(f"{what:48} {1000 * (perf_counter() - began):8.1f} ms")
    return result


def opened(folder: Path, count: int) -> MainWindow:
    (folder / "pictures").mkdir()
    pixels = np.random.default_rng(1).integers(0, 255, (60, 80, 3), np.uint8)
    Image.fromarray(pixels).resize((640, 480)).save(folder / "pictures" / "a.jpg")
    names = [f"Product {n:05} of a supplier with a long name, in packs of many ({n})" for n in range(count)]
    with Project.create(folder / "project", names) as project:
        add_folders(project, [folder / "pictures"])
    window = MainWindow(Settings())
    window.resize(1366, 768)
    window.show()
    window.open_project(folder / "project")
    while window.opened is None or window.opened.workspace.model.labels is None:
        QApplication.processEvents()
    return window


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--classes", type=int, default=1200)
    count = parser.parse_args().classes
    app = QApplication([])
    apply_theme(app, "light")
    with tempfile.TemporaryDirectory() as folder:
        window = opened(Path(folder), count)
        assert window.opened is not None and window.opened is not None
        model, canvas = window.opened.workspace.model, window.opened.area.canvas
        for place in range(40):
            box = Box(10.0 * place, 20.0, 10.0 * place + 60, 80.0)
            model.push(edits.add(drawn(box, model.classes[place * count // 40].id)))
        model.select(model.visible_keys()[:1])
        app.processEvents()
        menu = timed("menu of a box", lambda: class_menu(model, canvas, window.live_actions["class.pick"]))
        timed("menu of a box, shown", lambda: menu.popup(QPoint(300, 100)))
        menu.close()
        picker = timed("search for a class, made", lambda: ClassPicker(window, model))
        timed("search for a class, shown", picker.open)
        for letter in "duct 7":
            timed(f"search for a class, letter “{letter}”", partial(QTest.keyClicks, picker.search, letter))
        picker.reject()
        timed("class of a box changed", lambda: commands.set_class(model, model.classes[count // 2].id))
        recolored = [replace(model.classes[0], color="#ff0000"), *model.classes[1:]]
        timed("list in the panel, filled anew", lambda: setattr(model, "classes", recolored))
        classes = model.classes
        filters = GalleryFilters()
        timed("filter of the gallery, filled", lambda: filters.offer(Choices(classes, [])))
        timed("filter of the gallery, opened", filters.label_class.showPopup)
        filters.label_class.hidePopup()
        table = MapTable()
        known = {place: one.id for place, one in enumerate(classes)}
        timed("classes of a detector", lambda: table.fill([one.name for one in classes], classes, known))
        imported = ImportClassTable()
        found = [ClassPreview(one.name, 1, one.name, False) for one in classes]
        timed("classes of an import", lambda: imported.fill(found, classes))
        assert isinstance(table.cellWidget(0, 1), QComboBox)
        window.close_project()


if __name__ == "__main__":
    main()
