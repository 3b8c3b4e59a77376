"""Validation split: drawn once, seeded, stratified by class, then frozen."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from boxwright.domain.errors import SettingError
from boxwright.domain.image import ImageState, Split
from boxwright.services.project.project import Project

_EMPTY = 0


def freeze_validation(project: Project, share: float, seed: int, extend: bool = False) -> int:
    """Set `share` (0..1) of the usable images aside for measuring; returns how many are set aside now.

    Once there is a split it stays as it is, whatever is asked. Only `extend` draws again, and only among images that
    came after the split was frozen and that no detector of the project can have been trained on. Raises SettingError.
    """
    if not 0 <= share < 1:
        raise SettingError("The validation share {0:.0%} is not between 0% and 99%.", share)
    if not 0 <= seed < 2**63:
        raise SettingError("The seed must be a whole number from 0 to 9223372036854775807.")
    with project.transaction():
        frozen = project.images.ids(split=Split.VALIDATION, usable=False)
        before = project.settings.validation
        if (len(frozen) or before) and not extend:
            return len(frozen)
        eligible = project.images.fresh_ids(after=before.get("through", 0))
        chosen = draw(eligible, _known_classes(project), share, seed)
        project.images.set_split(chosen.tolist(), Split.VALIDATION)
        everything = project.images.ids(usable=False)
        through = int(everything[-1]) if len(everything) else 0
        project.settings.validation = {"share": share, "seed": seed, "through": through}
        return len(frozen) + len(chosen)


def _known_classes(project: Project) -> dict[int, set[int]]:
    """Classes on each labelled image; `_EMPTY`, which is no class id, stands for being confirmed empty."""
    known: dict[int, set[int]] = {int(i): set() for i in project.images.ids(state=ImageState.LABELED)}
    for image_id, class_id in project.labels.classes_by_image():
        if image_id in known:
            known[image_id].add(class_id)
    return {image_id: classes or {_EMPTY} for image_id, classes in known.items()}


def draw(image_ids: NDArray[np.int64], classes: Mapping[int, set[int]], share: float, seed: int) -> NDArray[np.int64]:
    """About `share` of each class and, with the images of unknown classes, exactly `share` of `image_ids`, ascending.

    Iterative stratification (Sechidis, Tsoumakas & Vlahavas 2011) for two subsets: the images of the rarest class are
    dealt out first, each to the subset that is furthest from its share of that class. The same seed gives the same
    images on any machine.
    """
    rng = np.random.default_rng(seed)
    labeled = {int(i): classes[int(i)] for i in image_ids if int(i) in classes}
    chosen = _dealt(labeled, share, rng)
    unknown = image_ids[~np.isin(image_ids, np.fromiter(labeled, np.int64, len(labeled)))]
    rest = min(len(unknown), max(0, round(share * len(image_ids)) - len(chosen)))
    drawn = rng.choice(unknown, size=rest, replace=False)
    return np.sort(np.concatenate([np.array(chosen, dtype=np.int64), drawn]))


def _dealt(labeled: Mapping[int, set[int]], share: float, rng: np.random.Generator) -> list[int]:
    """The images of `labeled` that go to validation."""
    members: dict[int, set[int]] = {}
    for image_id, present in labeled.items():
        for class_id in present:
            members.setdefault(class_id, set()).add(image_id)
    wanted = {class_id: share * len(images) for class_id, images in members.items()}
    left = {class_id: len(images) - wanted[class_id] for class_id, images in members.items()}
    room = [share * len(labeled), (1 - share) * len(labeled)]
    chosen: list[int] = []
    while members:
        rarest = min(members, key=lambda class_id: (len(members[class_id]), class_id))
        for image_id in rng.permutation(sorted(members[rarest])).tolist():
            validation = (wanted[rarest], room[0]) > (left[rarest], room[1])
            room[0 if validation else 1] -= 1
            for class_id in labeled[image_id]:
                (wanted if validation else left)[class_id] -= 1
                members[class_id].discard(image_id)
            if validation:
                chosen.append(image_id)
        members = {class_id: images for class_id, images in members.items() if images}
    return chosen
