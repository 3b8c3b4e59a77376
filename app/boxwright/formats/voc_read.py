"""Reading Pascal VOC."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from boxwright.domain.errors import FormatError
from boxwright.domain.image import Split
from boxwright.domain.messages import Message, joined
from boxwright.formats.checks import Reporter, checked_box, declared_side, number
from boxwright.formats.dataset import Dataset, DatasetBox, DatasetClass, DatasetImage, Problem
from boxwright.formats.extras import Extras, extras_of
from boxwright.formats.finding import ImageFiles, files_below, is_dir, is_file, relative_to, split_in_path
from boxwright.formats.names import clean_reference, is_image_name, stem_of
from boxwright.formats.text import LARGEST_LABEL_FILE, clean_label, decode, read_bytes
from boxwright.formats.xml_lines import Element, parse

FLAGS = ("truncated", "difficult", "occluded")
NO_POSE = ("", "unspecified")
UNLABELED = "Unlabeled"
_CORNERS = ("xmin", "ymin", "xmax", "ymax")
_SPLITS = {"train": Split.TRAIN, "val": Split.VALIDATION, "test": Split.TEST}


class VocReader:
    """Reader of Pascal VOC.

    Reads the dataset at `path`. Problems name the XML file and its line.
    """

    def __init__(self, path: Path, problems: list[Problem]) -> None:
        self.problems = problems
        self.only = path if is_file(path) else None
        folder = path if is_dir(path) else path.parent
        self.root = folder.parent if folder.name == "Annotations" else folder
        self.annotations = self.root / "Annotations" if is_dir(self.root / "Annotations") else self.root
        self.files = ImageFiles(self.root)
        self.splits = self._read_splits()
        self.labels: dict[str, int] = {}
        self.used: set[Path] = set()

    def read(self) -> Dataset:
        """Raises FormatError when there is no annotation at all."""
        images = [image for file in self._xml_files() if (image := self._image(file)) is not None]
        if self.only is None:
            images.extend(self._unlabeled())
            self._report_unused(images)
        if not images:
            words = Message("{0} holds no VOC annotation (XML with <annotation>).", self.only or self.root)
            first = Message("The first flaw: {0}", self.problems[0].what) if self.problems else ""
            raise FormatError(joined(" ", (words, first)))
        # The order of the files must not decide the order of the classes.
        names = sorted(self.labels)
        order = {self.labels[name]: index for index, name in enumerate(names)}
        for image in images:
            image.boxes = [b.with_label(order[b.label]) for b in image.boxes]
        return Dataset([DatasetClass(index + 1, name) for index, name in enumerate(names)], images)

    def _xml_files(self) -> list[Path]:
        if self.only is not None:
            return [self.only]
        return [file for file in files_below(self.annotations) if file.suffix.lower() == ".xml"]

    def _image(self, file: Path) -> DatasetImage | None:
        source = relative_to(file, self.root)
        reporter = Reporter(self.problems, source)
        name = relative_to(file, self.annotations)[: -len(file.suffix)]
        try:
            root = parse(file, reporter)
        except FormatError as error:
            reporter.say(_line_in(str(error)), str(error), Message("XML cannot be read"))
            return self._without_labels(name, source)
        if root.tag != "annotation":
            reporter.say(
                root.line, Message("<{0}> is not a VOC annotation; left out.", root.tag), Message("not an annotation")
            )
            return None
        named = clean_reference(root.text_of("filename"))
        found = self._find(name, file, named)
        path = name + (found.suffix if found is not None else PurePosixPath(named).suffix)
        split = self.splits.get(name, split_in_path(source)) if self.splits else split_in_path(source)
        width, height = self._size(root, reporter)
        image = DatasetImage(path, found, width, height, split=split, source=source, stem_only=not is_image_name(path))
        if found is not None:
            self.used.add(found)
        one_based = root.first("source")
        devkit = one_based is not None and one_based.text_of("database").startswith(("The VOC", "PASCAL VOC"))
        for position, element in enumerate(root.every("object"), start=1):
            item = self._box(element, Message("Object {0}", position), image, devkit, reporter)
            if item is not None:
                image.boxes.append(item)
            else:
                image.refused += 1
        return image

    def _find(self, name: str, file: Path, named: str) -> Path | None:
        """The image of the annotation `file`: the one of its stem beside it or in JPEGImages, else the one it names."""
        for folder in (file.parent, self.root / "JPEGImages", self.root / "images", self.root):
            stem = PurePosixPath(name).name if folder == file.parent else name
            if (found := self.files.find_stem(stem, folder)) is not None:
                return found
        return self.files.find(named, file.parent, self.root / "JPEGImages") if named else None

    def _without_labels(self, name: str, source: str) -> DatasetImage | None:
        """The image of an annotation that cannot be read: still an image, and nobody's empty one."""
        found = self._find(name, self.root / source, "")
        if found is None:
            return None
        self.used.add(found)
        split = self.splits.get(name, split_in_path(source))
        return DatasetImage(name + found.suffix, found, split=split, labeled=False, source=source)

    def _size(self, root: Element, reporter: Reporter) -> tuple[int, int]:
        size = root.first("size")
        if size is None:
            return 0, 0
        whole = [declared_side(size.text_of(tag)) for tag in ("width", "height")]
        if 0 in whole:
            what = Message("The size is missing or no size; the image's own is used.")
            reporter.say(size.line, what, Message("size is wrong"))
            return 0, 0
        return whole[0], whole[1]

    def _box(
        self, element: Element, who: str, image: DatasetImage, devkit: bool, reporter: Reporter
    ) -> DatasetBox | None:
        label = clean_label(element.text_of("name"))
        if not label:
            reporter.say(
                element.line, Message("{0} has no class name; left out.", who), Message("object without a class")
            )
            return None
        who = Message("{0} ({1})", who, label)
        bounds = element.first("bndbox")
        if bounds is None:
            reporter.say(element.line, Message("{0} has no bndbox; left out.", who), Message("object without a box"))
            return None
        values = [number(bounds.text_of(tag)) for tag in _CORNERS]
        if None in values:
            what = Message("{0}: a corner is missing or no number; left out.", who)
            reporter.say(bounds.line, what, Message("coordinate is no number"))
            return None
        x1, y1, x2, y2 = (v for v in values if v is not None)
        corners = (x1 - 1, y1 - 1, x2, y2) if devkit else (x1, y1, x2, y2)
        box = checked_box(corners, image.width, image.height, who, bounds.line, reporter)
        if box is None:
            return None
        item = DatasetBox(box, self.labels.setdefault(label, len(self.labels)), line=bounds.line)
        return _extras(element).on(item)

    def _read_splits(self) -> dict[str, Split | None]:
        """The split of each id in `ImageSets/Main`; None for one that only `trainval.txt` lists."""
        found: dict[str, Split | None] = {}
        for name in ("Main", UNLABELED):
            folder = self.root / "ImageSets" / name
            for title, split in _SPLITS.items():
                for line, item in self._listed(folder / f"{title}.txt"):
                    earlier = found.setdefault(item, split)
                    if earlier is not split:
                        what = Message("'{0}' is in {1} and in {2}; it stays in {1}.", item, earlier, title)
                        where = f"ImageSets/{name}/{title}.txt"
                        self.problems.append(Problem(where, line, what, Message("image in two splits")))
            for _, item in self._listed(folder / "trainval.txt"):
                found.setdefault(item, None)
        return found

    def _listed(self, file: Path) -> list[tuple[int, str]]:
        """The ids in a list, with their lines. Lists of one class have 1, 0 or -1 after the id."""
        if not is_file(file):
            return []
        reporter = Reporter(self.problems, relative_to(file, self.root))
        try:
            text = decode(read_bytes(file, LARGEST_LABEL_FILE), reporter)
        except FormatError as error:
            reporter.say(None, str(error), Message("list cannot be read"))
            return []
        rows = enumerate(text.replace("\r\n", "\n").split("\n"), start=1)
        return [(line, self._id(row)) for line, row in rows if row.strip()]

    def _id(self, row: str) -> str:
        head, _, tail = row.strip().rpartition(" ")
        if tail in ("1", "0", "-1") and head and not is_file(self.annotations / f"{row}.xml"):
            return head.strip()
        return row if is_file(self.annotations / f"{row}.xml") else row.strip()

    def _unlabeled(self) -> list[DatasetImage]:
        """The images that no annotation belongs to: nobody has looked at them, which is not the same as empty."""
        folder = self.root / "JPEGImages"
        base = folder if is_dir(folder) else self.root
        rest = [file for file in self.files.all if file not in self.used]
        return [
            DatasetImage(
                relative_to(file, base),
                file,
                split=self.splits.get(stem_of(relative_to(file, base)), split_in_path(relative_to(file, self.root))),
                labeled=False,
                source=relative_to(file, self.root),
            )
            for file in rest
        ]

    def _report_unused(self, images: list[DatasetImage]) -> None:
        known = {stem_of(image.path) for image in images}
        for item in sorted(set(self.splits) - known):
            what = Message("'{0}' is listed, but there is neither an annotation nor an image of that name.", item)
            self.problems.append(Problem("ImageSets/Main", None, what, Message("listed but missing")))


def _line_in(text: str) -> int | None:
    _, mark, rest = text.partition(", line ")
    digits = rest.split(":")[0]
    return int(digits) if mark and digits.isdigit() else None


def _extras(element: Element) -> Extras:
    """The marks and the pose of an object, and the attributes that CVAT and Datumaro write below it."""
    listed = element.first("attributes")
    raw = {a.text_of("name"): a.text_of("value") for a in listed.every("attribute")} if listed is not None else {}
    pose = element.text_of("pose")
    if pose.lower() not in NO_POSE:
        raw["pose"] = pose
    return extras_of(raw, (flag for flag in FLAGS if element.text_of(flag) == "1"), texts=True)
