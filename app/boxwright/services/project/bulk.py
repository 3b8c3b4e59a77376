"""Operations on many images at once, and their undo."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from boxwright.domain.batch import BatchItem, Slot
from boxwright.domain.edits import Edit, EditKind, set_marks, set_state
from boxwright.domain.image import Image, ImageState, Split
from boxwright.domain.labels import ImageLabels
from boxwright.domain.marks import NO_MARKS, ImageMarks
from boxwright.domain.messages import Message, joined, plural
from boxwright.services.project.project import Project

BY_HAND = "by hand"


@dataclass(frozen=True)
class Done:
    """Operation that was done.

    `words`: what was done, a sentence. `undo` takes it back as far as nobody has changed the images since; it
    returns a sentence too. None when nothing was done.
    """

    words: Message
    undo: Callable[[Project], Message] | None = None


def tag_images(project: Project, image_ids: Sequence[int], tag: str, annotator: str = "", on: bool = True) -> Done:
    """Give the images a tag, or take it from them. Raises ReadOnlyProject."""
    changed = _tagged(project, image_ids, tag, annotator, on)

    def undo(project: Project) -> Message:
        back = _tagged(project, changed, tag, annotator, not on)
        return _tagging(len(back), tag, not on)

    return Done(_tagging(len(changed), tag, on), undo if changed else None)


def skip_images(project: Project, image_ids: Sequence[int], reason: str, annotator: str = "") -> Done:
    """Set the images aside; their boxes stay. Raises ReadOnlyProject."""
    before = {i: labels for i, labels in _heads(project, image_ids) if labels.state is not ImageState.SKIPPED}
    with project.transaction():
        for image_id, labels in before.items():
            edit = set_state(labels, ImageState.SKIPPED, EditKind.SKIP_IMAGE, reason or None).signed(annotator)
            project.labels.apply(image_id, edit)

    def undo(project: Project) -> Message:
        back = 0
        with project.transaction():
            for image_id, now in _heads(project, list(before)):
                # Whoever has taken it up again since is not overruled.
                if now.state is ImageState.SKIPPED and now.skip_reason == (reason or None):
                    was = before[image_id]
                    edit = set_state(now, was.state, EditKind.SKIP_IMAGE, was.skip_reason).signed(annotator)
                    project.labels.apply(image_id, edit)
                    back += 1
        return Message("{0} no longer skipped.", _images(back))

    return Done(Message("{0} skipped.", _images(len(before))), undo if before else None)


def add_to_batch(project: Project, image_ids: Sequence[int]) -> Done:
    """Put the unlabelled ones of the images at the end of the latest batch, or into a first one. Validation and test
    images, copies and unreadable files are left out. Raises ReadOnlyProject."""
    latest = project.batches.latest()
    present = {item.image_id for item in latest.items} if latest else set()
    fitting = [image for image in project.images.many(image_ids) if _drawable(image) and image.id not in present]
    left = len(image_ids) - len(fitting)
    more = Message("{0} left out: labelled, set aside, or in it already.", _images(left)) if left else ""
    if not fitting:
        return Done(joined(" ", (Message("Nothing was added to the batch."), more)))
    items = [BatchItem(image.id, rank, Slot.CHOSEN) for rank, image in enumerate(fitting)]
    if latest is None:
        batch = project.batches.add(None, {"sampler": BY_HAND}, items)
    else:
        batch = project.batches.extend(latest.id, items)
    added = {image.id for image in fitting}

    def undo(project: Project) -> Message:
        now = project.batches.get(batch.id)
        kept = [item for item in now.items if not (item.image_id in added and item.slot is Slot.CHOSEN)]
        project.batches.set_items(batch.id, [item._replace(rank=rank) for rank, item in enumerate(kept)])
        return Message("{0} taken out of batch {1}.", _images(len(now.items) - len(kept)), batch.id)

    words = Message("{0} added to batch {1}.", _images(len(fitting)), batch.id)
    return Done(joined(" ", (words, more)), undo)


def _tagging(count: int, tag: str, on: bool) -> Message:
    if on:
        return Message("{0} tagged “{1}”.", _images(count), tag)
    return Message("{0} no longer tagged “{1}”.", _images(count), tag)


def _tagged(project: Project, image_ids: Sequence[int], tag: str, annotator: str, on: bool) -> list[int]:
    """The images that this changed."""
    changed = []
    with project.transaction():
        present = project.labels.image_marks(image_ids)
        for image_id in image_ids:
            before = present.get(image_id, NO_MARKS)
            if (tag in before.tags) == on:
                continue
            tags = before.tags | {tag} if on else before.tags - {tag}
            labels = ImageLabels(image_id, 0, 0, marks=before)
            edit: Edit = set_marks(labels, ImageMarks(tags, before.note)).signed(annotator)
            project.labels.apply(image_id, edit)
            changed.append(image_id)
    return changed


def _heads(project: Project, image_ids: Sequence[int]) -> Iterable[tuple[int, ImageLabels]]:
    """State and reason of usable images, without their boxes."""
    for image in project.images.many(image_ids):
        if image.usable:
            yield image.id, ImageLabels(image.id, image.width, image.height, image.state, image.skip_reason)


def _drawable(image: Image) -> bool:
    return image.usable and image.state is ImageState.UNLABELED and image.split is Split.TRAIN


def _images(count: int) -> str:
    return plural("1 image", "{0:,} images", count)
