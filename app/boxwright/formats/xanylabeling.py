"""X-AnyLabeling: LabelMe's JSON file beside each image, with a score and a `difficult` mark for each shape.

The layout written is LabelMe's. A rectangle has its four corners as points; older files have two.
"""

from __future__ import annotations

from typing import Any

from boxwright.domain.messages import Message
from boxwright.formats.base import ALL_FLAGS, ANY_VALUE, Capabilities
from boxwright.formats.dataset import DatasetBox
from boxwright.formats.extras import attributes_of, text_of
from boxwright.formats.labelme import LabelMe
from boxwright.formats.labelme_dialect import XANYLABELING
from boxwright.formats.labelme_read import DESCRIPTION


class XAnyLabeling(LabelMe):
    name = XANYLABELING
    title = Message("X-AnyLabeling (a JSON file for each image)")
    capabilities = Capabilities(
        accuracy=1e-5,
        scores=True,
        flags=ALL_FLAGS,
        attributes=ANY_VALUE,
        tags=True,
        notes=True,
        provenance=True,
        turned=True,
    )

    def _head(self) -> dict[str, Any]:
        return {"version": "2.4.4"}

    def _shape(self, label: str, item: DatasetBox) -> dict[str, Any]:
        x1, y1, x2, y2 = (round(float(value), 6) for value in item.box.array())
        attributes = attributes_of(item, item.flags)
        description = attributes.get(DESCRIPTION, "")
        if isinstance(description, str):
            attributes.pop(DESCRIPTION, None)
        return {
            "label": label,
            "score": item.score,
            "points": [[x1, y1], [x2, y1], [x2, y2], [x1, y2]],
            "group_id": None,
            "description": description if isinstance(description, str) else "",
            "difficult": "difficult" in item.flags,
            "shape_type": "rectangle",
            "flags": dict.fromkeys(sorted(item.flags - {"difficult"}), True),
            # The tool's own are texts.
            "attributes": {name: text_of(value) for name, value in attributes.items()},
            "kie_linking": [],
        }
