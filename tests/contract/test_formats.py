"""Every dataset format keeps the same promises. A format that an installed package adds is held to them as well."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.format_cases import WRITTEN, an_image, content, read, words

from boxwright.domain.box import Box
from boxwright.domain.errors import FormatError
from boxwright.domain.image import Split
from boxwright.formats.base import Format
from boxwright.formats.dataset import Dataset, DatasetBox, DatasetClass, DatasetImage, Problem
from boxwright.formats.names import is_image_name, safe_name
from boxwright.formats.registry import recognise
from boxwright.formats.staging import MANIFEST, ImageMode

ODD_NAMES = [
    "plain.jpg", "with space.jpg", "two  spaces .png", "ünïcödé.JPG", "日本語/写真.png", "상자.jpeg", "emoji 📦.png",
    "dots.in.name.v2.jpg", "a'b\"c.png", "100% #1 & (2) [3] {4};=+,@!~.jpg", "deep/er/and/deeper/x.bmp", "-dash.jpg",
    "photo 1.jpg", "photo.1.jpg", "no_1 -1.png", "CON.jpg", "semi;colon.webp", "back`tick$HOME.png", "<tag>&amp;.png",
]  # fmt: skip
HOSTILE_NAMES = [
    "../up.jpg", "../../../../etc/up2.jpg", "/absolute.jpg", "C:\\windows\\x.jpg", "..\\..\\back.jpg", "a/../../b.jpg",
    "nul\0byte.png", "new\nline.png", "tab\t.png", "x" * 300 + ".jpg", "....", "..", ".", "trailing. ", "aux.png",
    "what?.png", "star*.png", "pipe|.png", "col:on.png",
]  # fmt: skip
SUFFIXES = (".jpg", ".JPG", ".png", ".bmp", ".webp")


@pytest.fixture(params=WRITTEN, ids=lambda known: known.name)
def known(request: pytest.FixtureRequest) -> Format:
    found: Format = request.param
    return found


def a_dataset(folder: Path) -> Dataset:
    box = DatasetBox(Box(10.25, 20.5, 110.125, 220.75), 0)
    classes = [DatasetClass(7, "cell"), DatasetClass(3, "red cell"), DatasetClass(90, "Zelle ä")]
    images = [
        an_image(folder, "a.jpg", [box, DatasetBox(Box(0, 0, 640, 480), 2)]),
        an_image(folder, "b/c d.png", [DatasetBox(Box(1, 2, 3, 4), 1)], Split.VALIDATION),
        an_image(folder, "empty.jpg", [], Split.TRAIN),
        an_image(folder, "nobody.jpg", [], Split.TRAIN, labeled=False),
        an_image(folder, "tested.jpg", [box], Split.TEST),
    ]
    return Dataset(classes, images)


def tree(folder: Path) -> dict[str, bytes]:
    return {
        file.relative_to(folder).as_posix(): file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()
    }


Seen = dict[str, tuple[bool, Split | None, list[tuple[str, tuple[float, ...]]]]]


def seen(dataset: Dataset, known: Format) -> Seen:
    """By image name what matters: whether it is labelled, its split, its boxes with class names, in pixels."""
    result: Seen = {}
    for image in dataset.images:
        boxes = [
            (dataset.classes[item.label].name, tuple(map(float, item.box.array())))
            for item in image.pixel_boxes(640, 480)
        ]
        split = image.split if known.capabilities.unsplit else image.split or Split.TRAIN
        name = image.path if known.capabilities.folders else image.path.rsplit("/", 1)[-1]
        result[name] = (image.labeled, split, boxes)
    return result


def assert_same(before: Seen, after: Seen, accuracy: float) -> None:
    assert sorted(before) == sorted(after)
    for name, (labeled, split, boxes) in before.items():
        assert after[name][:2] == (labeled, split), name
        assert [label for label, _ in boxes] == [label for label, _ in after[name][2]], name
        for (_, a), (_, b) in zip(boxes, after[name][2], strict=True):
            assert b == pytest.approx(a, abs=accuracy), name


sides = st.floats(0.01, 300, allow_nan=False)


@st.composite
def boxes(draw: st.DrawFn, labels: int) -> DatasetBox:
    width, height = draw(sides), draw(sides)
    x, y = draw(st.floats(0, 640 - width)), draw(st.floats(0, 480 - height))
    return DatasetBox(Box(x, y, min(640.0, x + width), min(480.0, y + height)), draw(st.integers(0, labels - 1)))


@st.composite
def datasets(draw: st.DrawFn) -> tuple[list[str], list[DatasetImage]]:
    names = draw(st.lists(words, min_size=1, max_size=5, unique=True))
    stems = draw(
        st.lists(words.filter(lambda w: "/" not in w and safe_name(w) == w), max_size=6, unique_by=str.casefold)
    )
    images = []
    for stem in stems:
        split = draw(st.sampled_from([Split.TRAIN, Split.VALIDATION, Split.TEST]))
        labeled = draw(st.booleans())
        found = draw(st.lists(boxes(len(names)), max_size=4, unique_by=lambda b: (b.box, b.label))) if labeled else []
        images.append(DatasetImage(stem + ".png", None, 640, 480, found, split, labeled))
    return names, images


@pytest.mark.slow
@given(drawn=datasets())
@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_what_is_written_is_read_back(known: Format, drawn: tuple[list[str], list[DatasetImage]]) -> None:
    names, images = drawn
    with tempfile.TemporaryDirectory() as folder:
        for number, image in enumerate(images):
            image.file = Path(folder) / f"{number}.png"
            image.file.write_bytes(image.path.encode())
        dataset = Dataset([DatasetClass(i + 1, name) for i, name in enumerate(names)], images)
        known.write(dataset, Path(folder) / "out")
        if not any(image.labeled for image in images):
            return
        again = read(known, Path(folder) / "out")
        if len({image.path for image in again.images}) == len(images):
            assert_same(seen(dataset, known), seen(again, known), known.capabilities.accuracy)
        for image in again.images:
            assert content(image).decode() == image.path


def test_class_numbers_and_order_are_kept_where_the_format_has_them(known: Format, tmp_path: Path) -> None:
    dataset = a_dataset(tmp_path / "images")
    known.write(dataset, tmp_path / "out")
    again = read(known, tmp_path / "out")
    if known.capabilities.class_ids:
        assert again.classes == dataset.classes
    elif known.capabilities.class_order:
        assert [c.name for c in again.classes] == [c.name for c in dataset.classes]
    else:
        assert {c.name for c in again.classes} == {c.name for c in dataset.classes}


def test_classes_without_a_box_are_kept_where_the_format_lists_classes(known: Format, tmp_path: Path) -> None:
    dataset = a_dataset(tmp_path / "images")
    dataset.classes.append(DatasetClass(1000, "never seen"))
    known.write(dataset, tmp_path / "out")
    names = [c.name for c in read(known, tmp_path / "out").classes]
    assert ("never seen" in names) == known.capabilities.unused_classes


def test_splits_empty_and_unlabelled_images_are_told_apart(known: Format, tmp_path: Path) -> None:
    dataset = a_dataset(tmp_path / "images")
    known.write(dataset, tmp_path / "out")
    assert_same(seen(dataset, known), seen(read(known, tmp_path / "out"), known), known.capabilities.accuracy)


@pytest.mark.parametrize("name", ODD_NAMES)
def test_odd_names_lead_back_to_their_image(known: Format, tmp_path: Path, name: str) -> None:
    item = DatasetBox(Box(5, 5, 50, 50), 0)
    images = [an_image(tmp_path / "images", name, [item]), an_image(tmp_path / "images", "other.jpg")]
    known.write(Dataset([DatasetClass(1, "cell")], images), tmp_path / "out")
    again = {image.path: image for image in read(known, tmp_path / "out").images}
    found = again[safe_name(name) if known.capabilities.folders else safe_name(name).rsplit("/", 1)[-1]]
    assert content(found) == name.encode()
    assert len(found.boxes) == 1


def test_no_name_leads_outside_and_none_overwrites_another(known: Format, tmp_path: Path) -> None:
    images = [an_image(tmp_path / "images", name, [DatasetBox(Box(1, 1, 9, 9), 0)]) for name in HOSTILE_NAMES]
    out = tmp_path / "inner" / "out"
    known.write(Dataset([DatasetClass(1, "cell")], images), out)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["images", "inner"]
    assert [p.name for p in (tmp_path / "inner").iterdir()] == ["out"]
    contents = {file.read_bytes() for file in out.rglob("*") if file.is_file()}
    contents |= {image.embedded() for image in read(known, out).images if image.embedded is not None}
    assert {name.encode() for name in HOSTILE_NAMES} <= contents
    for file in out.rglob("*"):
        assert not set(file.name) & set('<>:"|?*\\\n\t\0')
    assert sum(len(image.boxes) for image in read(known, out).images) == len(HOSTILE_NAMES)


def test_images_of_one_name_in_several_folders_stay_apart(known: Format, tmp_path: Path) -> None:
    names = ["left/a.png", "right/a.png", "images/a.png", "images/labels/b.png", "train/images/c.png"]
    images = [an_image(tmp_path / "images", name, [DatasetBox(Box(1, 1, 9, 9), 0)]) for name in names]
    placed = known.write(Dataset([DatasetClass(1, "cell")], images), tmp_path / "out")
    again = {content(image): image for image in read(known, tmp_path / "out").images}
    assert len(again) == len(names)
    for name in names:
        found = again[name.encode()]
        assert (tmp_path / "out" / placed[name]).is_file()
        assert found.labeled
        assert len(found.boxes) == 1
        assert known.capabilities.folders or "/" not in found.path


def test_names_alike_but_for_case_suffix_or_accent_stay_apart(known: Format, tmp_path: Path) -> None:
    names = ["a.jpg", "A.jpg", "a.png", "caf\u00e9.png", "cafe\u0301.png", "a-2.jpg"]
    images = [an_image(tmp_path / "images", name, [DatasetBox(Box(1, 1, 9, 9), 0)]) for name in names]
    known.write(Dataset([DatasetClass(1, "cell")], images), tmp_path / "out")
    again = read(known, tmp_path / "out").images
    assert sorted(content(image).decode() for image in again) == sorted(names)


def test_the_same_dataset_gives_the_same_bytes(known: Format, tmp_path: Path) -> None:
    dataset = a_dataset(tmp_path / "images")
    known.write(dataset, tmp_path / "one")
    known.write(dataset, tmp_path / "two")
    assert tree(tmp_path / "one") == tree(tmp_path / "two")


def test_an_earlier_export_is_replaced_whole(known: Format, tmp_path: Path) -> None:
    dataset = a_dataset(tmp_path / "images")
    known.write(dataset, tmp_path / "out")
    (tmp_path / "out" / "labels.cache").write_bytes(b"made by a training tool")
    dataset.images.pop(0)
    known.write(dataset, tmp_path / "out")
    known.write(dataset, tmp_path / "fresh")
    assert tree(tmp_path / "out") == tree(tmp_path / "fresh")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["fresh", "images", "out"]


def test_a_failing_export_leaves_the_earlier_one(known: Format, tmp_path: Path) -> None:
    dataset = a_dataset(tmp_path / "images")
    known.write(dataset, tmp_path / "out")
    before = tree(tmp_path / "out")
    assert dataset.images[-1].file is not None
    dataset.images[-1].file.unlink()
    with pytest.raises(FormatError, match="not there any more"):
        known.write(dataset, tmp_path / "out")
    assert tree(tmp_path / "out") == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["images", "out"]


def test_a_persons_files_are_never_replaced(known: Format, tmp_path: Path) -> None:
    dataset = a_dataset(tmp_path / "images")
    out = tmp_path / "out"
    out.mkdir()
    (out / "thesis.txt").write_text("mine")
    with pytest.raises(FormatError, match=r"thesis\.txt"):
        known.write(dataset, out)
    assert tree(out) == {"thesis.txt": b"mine"}


@pytest.mark.parametrize("change", ["added", "changed"])
def test_an_export_that_a_person_worked_on_is_not_replaced(known: Format, tmp_path: Path, change: str) -> None:
    dataset = a_dataset(tmp_path / "images")
    out = tmp_path / "out"
    known.write(dataset, out)
    file = (
        out / "notes.md" if change == "added" else next(f for f in out.rglob("*") if f.name != MANIFEST and f.is_file())
    )
    file.write_bytes(b"a person's work")
    before = tree(out)
    with pytest.raises(FormatError, match="added or changed"):
        known.write(dataset, out)
    assert tree(out) == before


def test_a_folder_that_cannot_be_made_is_one_sentence(known: Format, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for out in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(FormatError) as raised:
            known.write(a_dataset(tmp_path / "images"), out)
        assert str(raised.value).count("\n") == 0
    assert (tmp_path / "file").read_text() == "x"


def test_links_share_the_image_and_deleting_the_export_spares_it(known: Format, tmp_path: Path) -> None:
    dataset = a_dataset(tmp_path / "images")
    placed = known.write(dataset, tmp_path / "out", ImageMode.LINK)
    original = dataset.images[0].file
    assert original is not None
    if known.capabilities.embeds:
        found = {image.path: image for image in read(known, tmp_path / "out").images}
        assert content(found["a.jpg"]) == original.read_bytes()
        return
    linked = tmp_path / "out" / placed["a.jpg"]
    assert original.samefile(linked)
    shutil.rmtree(tmp_path / "out")
    assert original.read_bytes() == b"a.jpg"


def test_without_images_no_image_is_written_and_the_labels_are_all_there(known: Format, tmp_path: Path) -> None:
    dataset = a_dataset(tmp_path / "images")
    assert known.write(dataset, tmp_path / "out", ImageMode.NONE) == {}
    assert not [f for f in (tmp_path / "out").rglob("*") if f.suffix in SUFFIXES]
    again = known.read(tmp_path / "out", [])
    boxes = {image.path.rsplit(".", 1)[0]: len(image.boxes) for image in again.images if image.labeled}
    assert boxes == {"a": 2, "b/c d": 1, "empty": 0, "tested": 1}


def test_it_knows_its_own_folder_and_no_other(known: Format, tmp_path: Path) -> None:
    known.write(a_dataset(tmp_path / "images"), tmp_path / "out")
    guesses = recognise(tmp_path / "out")
    assert guesses[0].format == known.name
    assert guesses[0].confidence >= 0.9
    assert [g.format for g in guesses] == [known.name]
    (tmp_path / "bare").mkdir()
    assert known.recognise(tmp_path / "bare") is None
    assert known.recognise(tmp_path / "images") is None
    assert known.recognise(tmp_path / "missing") is None


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_among_the_files_stops_nothing(known: Format, tmp_path: Path) -> None:
    known.write(a_dataset(tmp_path / "images"), tmp_path / "out")
    for name in ("a.json", "b.xml", "c.txt", "d.yaml", "e.jpg"):
        os.mkfifo(tmp_path / "out" / name)
    assert recognise(tmp_path / "out")[0].format == known.name
    assert known.read(tmp_path / "out", []).box_count == 4


def test_nothing_to_read_is_one_sentence(known: Format, tmp_path: Path) -> None:
    with pytest.raises(FormatError) as raised:
        known.read(tmp_path, [])
    assert "\n" not in str(raised.value)


damage = st.one_of(
    st.tuples(st.just("cut"), st.floats(0, 1), st.just(b"")),
    st.tuples(st.just("put"), st.floats(0, 1), st.binary(max_size=12)),
    st.tuples(
        st.just("put"),
        st.floats(0, 1),
        st.sampled_from([b"nan", b"-", b"1e999", b"{", b"]", b"<", b"&", b"\xff\xfe", b"\0", b"9" * 400, b'"', b"\n"]),
    ),
    st.tuples(st.just("swap"), st.floats(0, 1), st.sampled_from([b"0", b"-1", b"NaN", b"null", b"[]", b"\xc3"])),
)


def label_files(folder: Path) -> Iterator[Path]:
    """The files of an export that are neither images nor its manifest."""
    return (f for f in sorted(folder.rglob("*")) if f.is_file() and not is_image_name(f.name) and f.name != MANIFEST)


@pytest.mark.slow
@given(hits=st.lists(st.tuples(st.integers(0, 50), damage), min_size=1, max_size=4))
@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_damaged_files_give_a_dataset_or_one_sentence(
    known: Format, tmp_path_factory: pytest.TempPathFactory, hits: list[tuple[int, tuple[str, float, bytes]]]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out"
        known.write(a_dataset(Path(folder) / "images"), out)
        files = list(label_files(out))
        for which, (kind, where, data) in hits:
            file = files[which % len(files)]
            content = file.read_bytes()
            at = int(where * len(content))
            rest = b"" if kind == "cut" else content[at + (kind == "swap") :]
            file.write_bytes(content[:at] + data + rest)
        problems: list[Problem] = []
        recognise(out)
        try:
            dataset = known.read(out, problems)
        except FormatError as error:
            assert "\n" not in str(error)
            return
        for image in dataset.images:
            for item in image.pixel_boxes(640, 480):
                assert item.box.has_area
                assert 0 <= item.label < len(dataset.classes)
        for problem in problems:
            assert problem.what and problem.kind and (problem.line is None or problem.line >= 1)
