"""Setting for images that are added later: judged on arrival or not, and how many of them are worth a label."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QSpinBox, QVBoxLayout, QWidget

from boxwright.ui.language.translation import tr
from boxwright.ui.widgets.dialog import plain_label

if TYPE_CHECKING:
    from boxwright.services.project.project import Project


class ArrivalChoice(QWidget):
    """Setting of the project's stream, off or with its budget in percent."""

    def __init__(self) -> None:
        super().__init__()
        self.on = QCheckBox(tr("Queue images that are added later, where they are worth it"))
        self.budget = QSpinBox()
        self.budget.setRange(1, 100)
        self.budget.setValue(10)
        self.budget.setMinimumHeight(24)
        self.budget.setSuffix(tr(" % of them"))
        self.budget.setAccessibleName(tr("Share of added images that is queued"))
        hint = plain_label(
            tr(
                "Each is judged once, when it has been pre-labelled: queued if the detector doubts it as it doubts few "
                "of the pool. Some of the queued ones are taken by chance."
            ),
            quiet=True,
        )
        hint.setContentsMargins(22, 0, 0, 4)
        # A dialog asks for no more height than its labels need when they are not yet wrapped.
        hint.setMinimumHeight(3 * self.fontMetrics().lineSpacing())
        line = QHBoxLayout()
        line.addWidget(self.on, 1)
        line.addWidget(self.budget)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 6, 0, 0)
        layout.addLayout(line)
        layout.addWidget(hint)
        self.on.toggled.connect(self.budget.setEnabled)
        self.show_budget(None)

    def show_budget(self, budget: float | None) -> None:
        """A share, 0..1; None: no stream."""
        self.on.setChecked(budget is not None)
        self.budget.setEnabled(budget is not None)
        if budget is not None:
            self.budget.setValue(round(100 * budget))

    @property
    def chosen(self) -> float | None:
        return self.budget.value() / 100 if self.on.isChecked() else None


def keep_arrivals(project: Project, budget: float | None) -> None:
    """Turn the project's stream on with this budget, or off."""
    from boxwright.services.batches.stream import end_stream, set_stream

    if budget is None:
        end_stream(project)
    else:
        set_stream(project, budget=budget)
