import re

from boxwright.formats.base import Capabilities, Format, FormatGuess
from boxwright.formats.finding import is_file, name_and_split
from boxwright.formats.gathering import Gathered
from boxwright.formats.names import clean_reference
from boxwright.formats.staging import file_names
from boxwright.formats.text import decode, read_bytes
from boxwright.formats.unlabeled import unlabeled_path

# A class and its corners, or nothing, and the image.
LINE = re.compile(r"(?:(.+)" + r"\t(-?\d+\.?\d*)" * 4 + r"|-)\t(.+)")


class Lines(Format):
    name, title = "lines", "A line a box: class x1 y1 x2 y2 image"
    capabilities = Capabilities(0.01, class_order=False, unused_classes=False, sizes=False)

    def recognise(self, path):
        return FormatGuess(self.name, 0.95, "boxes.lines") if is_file(_file(path)) else None

    def read(self, path, problems):
        gathered, file = Gathered(path, problems), _file(path)
        reporter = gathered.reporter(file)
        for number, line in enumerate(decode(read_bytes(file), reporter).rstrip("\n").split("\n"), 1):
            if (found := LINE.fullmatch(line)) is None:
                reporter.say(number, f"Line {number} is no class, four corners and image; left out.", "unreadable line")
                continue
            label, *corners, at = found.groups()
            name, split = name_and_split(clean_reference(at))
            image = gathered.image(name, gathered.files.find(clean_reference(at)), reporter.file, split=split)
            if label:
                gathered.add(image, tuple(map(float, corners)), label, number, reporter)
        return gathered.dataset()

    def write_files(self, dataset, staging, image_mode):
        lines = []
        for image, name in zip(dataset.images, file_names(dataset.images, image_mode)):
            usual = f"{image.split}/{name}" if image.split else name
            at = usual if image.labeled else unlabeled_path(image.split, name)
            staging.place(image.path, image.file, at, image_mode)
            found = [
                "\t".join((dataset.classes[box.label].name, *(f"{corner:.3f}" for corner in box.box.array())))
                for box in image.pixel_boxes(image.width, image.height)
            ]
            lines += [f"{box}\t{at}\n" for box in found or ["-"] if image.labeled]
        staging.write("boxes.lines", "".join(lines).encode())


def _file(path):
    return path / "boxes.lines" if path.is_dir() else path
