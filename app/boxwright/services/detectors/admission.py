"""Admission of a detector file: looked into, run on images of the project, and only then made its own.

`examine` does what is slow and may fail, on a copy that the project does not know; `register` is a short transaction.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from boxwright.domain.card import DetectorCard
from boxwright.domain.class_lists import named, numbers
from boxwright.domain.detector_use import DetectorUse, UseKind
from boxwright.domain.errors import BoxwrightError, ModelError
from boxwright.domain.image import Image
from boxwright.domain.messages import reason_of
from boxwright.domain.model import Model
from boxwright.domain.scores import BOX_FLOOR
from boxwright.services.detectors.feature_model import note_without_features
from boxwright.services.detectors.files import copied_aside, forget, into_home, known, sha256_of
from boxwright.services.detectors.registry import map_classes, matched_classes, with_mapping
from boxwright.services.detectors.use import plain_card, set_use, use_of
from boxwright.services.prelabelling.pipeline import side_to_decode
from boxwright.services.project.project import Project

if TYPE_CHECKING:
    from boxwright.inference.card_checks import CardFields
    from boxwright.inference.detector import Detector

TRIED_IMAGES = 3
# Pixels of the longer side, as much as a detector's input has.
_LOOKED_AT = 640


@dataclass(frozen=True)
class Examined:
    """Detector that works, before it is one of the project.

    A detector that works. `copy`: the file in a folder of `models` that no project knows yet. `stem`: what the
    folder is to be called. `without_features`: its features cannot be had, though its graph seems to offer some.
    """

    copy: Path
    stem: str
    sha256: str
    card: DetectorCard
    without_features: bool = False


def add_model(
    project: Project,
    file: Path,
    classes: Sequence[str] | None = None,
    layout: str | None = None,
    said: CardFields | None = None,
    mapping: Mapping[str, str] | None = None,
    use: DetectorUse | None = None,
) -> Model:
    """Copy a detector into the project, with its data files and its card, after a try on images of the project; the
    first one becomes active.

    classes: the names it was trained on, in order, when it does not say. layout: a decoder's name. said: any points of
    a card. mapping: detector class name -> project class name, on top of names that match by themselves.
    use: what it is for where names do not matter; then a file needs none whose outputs tell how many classes it has.
    A project without classes takes those of the detector. The same file with the same card is not added twice.
    Raises ModelError when the file or the options cannot be used; then the project is as it was.
    """
    project.require_writable()
    numbered = use is not None and use.kind.without_names
    examined = examine(project, Path(file).expanduser(), classes, layout, said, numbered=numbered)
    return register(project, examined, mapping, use)


def examine(
    project: Project,
    file: Path,
    classes: Sequence[str] | None = None,
    layout: str | None = None,
    said: CardFields | None = None,
    aside: str | None = None,
    numbered: bool = False,
) -> Examined:
    """Copy `file` aside and run it on some images of the project. `aside`: the name of the copy's folder. `numbered`:
    classes that nobody names are called by their numbers.

    Takes no lock and writes nothing but the copy, which is gone again when it fails. Raises ModelError when the file or
    what was said of it cannot be used.
    """
    with _copying(file):
        copy = copied_aside(project.folder, file, aside)
        try:
            card = _settled_card(project, copy, classes, layout, said, numbered)
            without = _try_out(project, copy, card)
            return Examined(copy, file.stem, sha256_of(copy), card, without)
        except BaseException:
            forget(copy)
            raise


def register(
    project: Project,
    examined: Examined,
    mapping: Mapping[str, str] | None = None,
    use: DetectorUse | None = None,
) -> Model:
    """Make what was examined a detector of the project; the first one becomes active, unless its `use` is that of a
    base. A project without classes takes those of the detector, where it is used by names. The same file with the same
    card is not added twice. Raises ModelError for a `mapping` or `use` of classes that there are not, ReadOnlyProject;
    then the copy is gone and the project as it was."""
    copy = examined.copy
    with _copying(copy):
        try:
            project.require_writable()
            if (model := same_detector(project, examined.sha256, examined.card)) is not None:
                forget(copy)
                return _as_meant(project, model, mapping or {}, use)
            copy = into_home(copy, examined.stem)
            model = _stored(project, copy, examined, mapping or {}, use)
        except BaseException:
            forget(copy)
            raise
        known(copy)
    return model


def _as_meant(project: Project, model: Model, mapping: Mapping[str, str], use: DetectorUse | None) -> Model:
    if use is not None and use != use_of(project, model):
        model = set_use(project, model, use)
    return map_classes(project, model, mapping) if mapping else model


def same_detector(project: Project, sha256: str, card: DetectorCard) -> Model | None:
    """The detector of the project with that content and card, when its file is there; whatever it is used for."""
    models = (m for m in project.models.all() if m.sha256 == sha256 and plain_card(m) == card)
    return next((m for m in models if (project.folder / m.file).is_file()), None)


@contextmanager
def _copying(file: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ModelError("{0} could not be copied into the project: {1}.", file.name, reason_of(error)) from error


def _settled_card(
    project: Project,
    copied: Path,
    classes: Sequence[str] | None,
    layout: str | None,
    said: CardFields | None,
    numbered: bool,
) -> DetectorCard:
    """The whole card; also written beside the file."""
    from boxwright.inference.cards import save_card
    from boxwright.inference.inspect import inspect_model

    told = dict(said or {})
    if classes:
        told["classes"] = list(classes)
    if layout:
        told["layout"] = layout
    inspection = inspect_model(copied, told, project_pictures(project))
    if numbered and inspection.class_count and inspection.card is not None and not inspection.card.classes:
        told["classes"] = numbers(inspection.class_count)
        inspection = inspect_model(copied, told, project_pictures(project))
    card = inspection.settled_card()
    save_card(copied, card)
    return card


def _try_out(project: Project, file: Path, card: DetectorCard) -> bool:
    """Run the detector as pre-labelling will, without and with its features. True when only those fail."""
    from boxwright.inference.detector import Detector

    detector = Detector.open(file, card, "cpu")
    images = [*_some_images(project, detector), (np.full((48, 64, 3), 128, dtype=np.uint8), (64, 48))]
    _run(detector, images)
    tapped = Detector.open(file, card, "cpu", features=True)
    if not tapped.offers_features:
        return False
    try:
        _run(tapped, images)
    except Exception:  # a graph of any exporter: what cannot be tapped is used without
        return True
    return False


def _run(detector: Detector, images: Sequence[tuple[NDArray[np.uint8], tuple[int, int]]]) -> None:
    prepared = [detector.prepare(image, size) for image, size in images]
    detector.finish(detector.run(prepared), prepared, BOX_FLOOR)


def _some_images(project: Project, detector: Detector) -> Iterator[tuple[NDArray[np.uint8], tuple[int, int]]]:
    """At most `TRIED_IMAGES`, from all over the pool, with (width, height) of the files; those that cannot be read are
    no fault of the detector's."""
    for image in images_all_over(project, TRIED_IMAGES):
        size = (image.width, image.height)
        pixels = _read(project, image, side_to_decode(*size, detector.card.input))
        if pixels is not None:
            yield pixels, size if min(size) > 0 else (pixels.shape[1], pixels.shape[0])


def project_pictures(project: Project) -> Iterator[NDArray[np.uint8]]:
    """Images of the project, none of which is read before it is wanted."""
    for image in images_all_over(project, TRIED_IMAGES):
        pixels = read_small(project, image)
        if pixels is not None:
            yield pixels


def read_small(project: Project, image: Image) -> NDArray[np.uint8] | None:
    """(H,W,3) BGR uint8, about as large as a detector's input; None for an image that cannot be read."""
    return _read(project, image, _LOOKED_AT)


def images_all_over(project: Project, most: int) -> list[Image]:
    """At most `most` images, evenly from the whole pool."""
    ids = project.images.ids()
    chosen = ids[np.linspace(0, len(ids) - 1, min(most, len(ids))).astype(int)] if len(ids) else ids
    return list(project.images.many(chosen.tolist()))


def _read(project: Project, image: Image, side: int | None) -> NDArray[np.uint8] | None:
    from boxwright.imaging.read import read_image

    try:
        return read_image(project.images.file(image.id), side)
    except BoxwrightError:
        return None


def _stored(
    project: Project, file: Path, examined: Examined, mapping: Mapping[str, str], use: DetectorUse | None
) -> Model:
    card, unnamed = examined.card, use is not None and use.kind.without_names
    with project.transaction():
        if not project.classes.all() and not unnamed:
            project.classes.add_all(named(card.classes))
        classes = project.classes.all()
        class_map = with_mapping(card, matched_classes(card.classes, classes), classes, mapping)
        relative = file.relative_to(project.folder).as_posix()
        model = project.models.add(file.parent.name, relative, examined.sha256, card, class_map)
        if examined.without_features:
            note_without_features(project, model)
        if use is not None and unnamed:
            set_use(project, model, use)
        if project.models.active() is None and not (use is not None and use.kind is UseKind.BASE):
            project.models.activate(model.id)
        return project.models.get(model.id)
