"""Table of actions, frozen: menus, toolbar, palette, overlay and the guide's page are all made from it."""

from __future__ import annotations

from boxwright.ui.actions.action import Row
from boxwright.ui.actions.box_actions import DRAWING, EDGES, MARKING, NUDGES
from boxwright.ui.actions.class_actions import DIGITS, NAMING
from boxwright.ui.actions.edit_actions import CHANGING, IMAGE_MARKS, JUDGING
from boxwright.ui.actions.go_actions import DOUBTFUL, FAR_STEPS, STEPS
from boxwright.ui.actions.help_actions import HELP_ROWS
from boxwright.ui.actions.model_actions import MODEL_ROWS
from boxwright.ui.actions.panel_actions import PANELS
from boxwright.ui.actions.pool_actions import POOL_ROWS
from boxwright.ui.actions.project_actions import PROJECT_ROWS
from boxwright.ui.actions.view_actions import BOXES_SHOWN, LOOKING, THEMES, TOOLBAR_TOOLS

# The order within a menu, and along the toolbar.
ACTIONS: tuple[Row, ...] = (
    *PROJECT_ROWS, *STEPS, *JUDGING, *CHANGING, *DRAWING, *NAMING, *MARKING, *IMAGE_MARKS, *DOUBTFUL, *FAR_STEPS,
    *TOOLBAR_TOOLS, *BOXES_SHOWN, *LOOKING, *PANELS, *THEMES, *POOL_ROWS, *MODEL_ROWS, *HELP_ROWS, *DIGITS, *NUDGES,
    *EDGES,
)  # fmt: skip

BY_ID = {action.id: action for action in ACTIONS}
