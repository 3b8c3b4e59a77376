"""Dialog before a detector is removed: what goes with it and what stays."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from boxwright.services.detectors.remove import DetectorRemoval
from boxwright.ui.language.translation import tr
from boxwright.ui.widgets.dialog import Sheet, plain_label


class RemoveDetectorDialog(Sheet):
    """Dialog that removes a detector. `remove` is called when the person wants it."""

    def __init__(self, parent: QWidget, removal: DetectorRemoval, remove: Callable[[], object]) -> None:
        super().__init__(parent, tr("Remove a detector"), tr("Remove the detector"))
        self.setMinimumWidth(460)
        self.words = plain_label(removal_words(removal))
        self.body.addWidget(self.words)
        self.default_to_cancel()
        self.go.clicked.connect(self.accept)
        self.accepted.connect(remove)


def removal_words(removal: DetectorRemoval) -> str:
    parts = [
        tr(
            "“{0}” goes with its file and with {1:,} pre-labels on {2:,} images that nobody has judged. "
            "This cannot be undone."
        ).format(removal.model.name, removal.prelabels, removal.images),
        tr("Labels stay, also those made from its pre-labels."),
    ]
    if removal.used:
        parts.append(tr("It is the active detector: afterwards none is, until you make another one active."))
    return "\n\n".join(parts)
