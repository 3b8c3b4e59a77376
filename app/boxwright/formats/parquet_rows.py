"""Rows of Parquet files of images with their objects, through pyarrow."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import contextmanager
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import orjson

from boxwright.config.packages import install_line
from boxwright.domain.errors import FormatError
from boxwright.domain.marks import FLAGS
from boxwright.formats.checks import Reporter
from boxwright.formats.coco_read import file_split
from boxwright.formats.dataset import Dataset, DatasetImage
from boxwright.formats.extras import NOTE, TAGS
from boxwright.formats.finding import relative_to
from boxwright.formats.huggingface_read import HuggingFaceReader
from boxwright.formats.huggingface_rows import ATTRIBUTES, SCORE, entry_of, used_columns
from boxwright.formats.staging import ImageMode, Staging
from boxwright.formats.text import class_name

# So that the images of one group fit into memory.
_GROUP = 100


def _pyarrow() -> Any:
    """The package, with `parquet`. Raises FormatError when it is not installed."""
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError as error:
        raise FormatError(
            "Parquet files need the package pyarrow, which is not installed; install it with: {0}",
            install_line(["pyarrow"]),
        ) from error
    return pyarrow


class ParquetReader(HuggingFaceReader):
    """Reader of Parquet files of images.

    Reads the files of one dataset below `root`. Problems name the file and the row, from 1.
    """

    def read_file(self, file: Path) -> None:
        """Add the rows of `file`. Raises FormatError when it is no Parquet file, or broken."""
        arrow = _pyarrow()
        reporter = Reporter(self.problems, relative_to(file, self.root))
        with _told(file):
            whole = arrow.parquet.ParquetFile(file)
            schema = whole.schema_arrow
            self._take_names(schema.metadata or {})
            picture = next((f.name for f in schema if arrow.types.is_struct(f.type) and "bytes" in _inner(f)), None)
            if picture is None or "objects" not in schema.names:
                raise FormatError("{0} has no column of images with bytes, or no column objects.", file)
            columns = [name for name in schema.names if name != picture] + [f"{picture}.path"]
            row = 0
            for group in range(whole.num_row_groups):
                filled = _filled(whole, group, picture)
                for place, entry in enumerate(whole.read_row_group(group, columns=columns).to_pylist()):
                    row += 1
                    name = (entry.pop(picture) or {}).get("path") or f"{file.stem}-{row}"
                    image = self.add({**entry, "file_name": name}, row, file, reporter, file_split(reporter.file))
                    if image is not None and image.file is None and filled[place]:
                        image.embedded = partial(_content, file, group, place, picture)

    def _take_names(self, metadata: Mapping[bytes, bytes]) -> None:
        """The class names that the features tell."""
        try:
            features = orjson.loads(metadata.get(b"huggingface", b"{}"))
        except orjson.JSONDecodeError:
            return
        names = [class_name(raw) or f"class {place}" for place, raw in enumerate(_class_names(features))]
        if names and not self.names:
            self.names = names
        for name in names:
            self.labels.setdefault(name, len(self.labels))


def write_rows(
    dataset: Dataset, rows: list[tuple[DatasetImage, str]], relative: str, staging: Staging, mode: ImageMode
) -> None:
    """Write `rows` as the file `relative`."""
    arrow = _pyarrow()
    used = used_columns(dataset)
    schema = _schema(arrow, dataset, used)
    numbers = {known.name: number for number, known in enumerate(dataset.classes)}
    with staging.open(relative) as handle, arrow.parquet.ParquetWriter(handle, schema) as writer:
        for start in range(0, len(rows), _GROUP):
            entries = []
            for image, name in rows[start : start + _GROUP]:
                entry = entry_of(image, dataset, used)
                if entry["objects"] is not None:
                    entry["objects"]["categories"] = [numbers[label] for label in entry["objects"]["categories"]]
                content = staging.embed(image.path, image.file, relative, mode)
                entries.append({"image": {"bytes": content, "path": name}, **entry})
            writer.write_table(arrow.Table.from_pylist(entries, schema=schema))


def _schema(arrow: Any, dataset: Dataset, used: frozenset[str]) -> Any:
    """The columns, and in the head of the file the features that `datasets` reads them by."""
    text, whole, real = arrow.string(), arrow.int64(), arrow.float64()
    lists = {"bbox": arrow.list_(real), "categories": whole, SCORE: real, ATTRIBUTES: text}
    lists |= dict.fromkeys(FLAGS, arrow.bool_())
    kept = {key: arrow.list_(kind) for key, kind in lists.items() if key in used or key in ("bbox", "categories")}
    columns = {
        "image": arrow.struct({"bytes": arrow.binary(), "path": text}), "width": whole, "height": whole,
        "objects": arrow.struct(kept),
    }  # fmt: skip
    columns |= {TAGS: arrow.list_(text)} if TAGS in used else {}
    columns |= {NOTE: text} if NOTE in used else {}
    features: dict[str, Any] = {name: _feature(arrow, kind) for name, kind in columns.items()}
    features["image"] = {"_type": "Image"}
    names = [known.name for known in dataset.classes]
    features["objects"]["categories"] = {"_type": "Sequence", "feature": {"names": names, "_type": "ClassLabel"}}
    head = {"huggingface": orjson.dumps({"info": {"features": features}})}
    return arrow.schema(list(columns.items()), metadata=head)


def _feature(arrow: Any, kind: Any) -> dict[str, Any]:
    if arrow.types.is_struct(kind):
        return {field.name: _feature(arrow, field.type) for field in kind}
    if arrow.types.is_list(kind):
        return {"_type": "Sequence", "feature": _feature(arrow, kind.value_type)}
    names = {"double": "float64"}
    return {"_type": "Value", "dtype": names.get(str(kind), str(kind))}


def _class_names(features: Any) -> list[Any]:
    """The names of the first class label anywhere in `features`."""
    if isinstance(features, dict):
        if features.get("_type") == "ClassLabel" and isinstance(features.get("names"), list):
            return list(features["names"])
        features = list(features.values())
    found = (_class_names(item) for item in features) if isinstance(features, list) else iter(())
    return next(filter(None, found), [])


def _filled(whole: Any, group: int, picture: str) -> list[bool]:
    """For each row of the group whether it holds an image; by the file's own counts, where it tells them, since the
    images themselves may be large."""
    told = whole.metadata.row_group(group)
    columns = (told.column(i) for i in range(told.num_columns))
    counts = next((c.statistics for c in columns if c.path_in_schema == f"{picture}.bytes"), None)
    nulls = counts.null_count if counts is not None and counts.has_null_count else None
    if nulls in (0, told.num_rows):
        return [nulls == 0] * told.num_rows
    images = whole.read_row_group(group, columns=[f"{picture}.bytes"]).column(picture).to_pylist()
    return [bool(image and image.get("bytes")) for image in images]


def _inner(field: Any) -> list[str]:
    return [inner.name for inner in field.type]


@lru_cache(maxsize=1)
def _group(file: Path, stamp: int, group: int, picture: str) -> list[Any]:
    """The images of one group of rows; they are asked for one after another."""
    table = _pyarrow().parquet.ParquetFile(file).read_row_group(group, columns=[f"{picture}.bytes"])
    return list(table.column(picture).to_pylist())


def _content(file: Path, group: int, place: int, picture: str) -> bytes:
    try:
        with _told(file):
            return bytes((_group(file, file.stat().st_mtime_ns, group, picture)[place] or {}).get("bytes") or b"")
    except FormatError:
        return b""


@contextmanager
def _told(file: Path) -> Any:
    """Whatever pyarrow refuses `file` for, as a FormatError."""
    arrow = _pyarrow()
    try:
        yield
    except (arrow.ArrowException, OSError, ValueError, KeyError, IndexError, UnicodeDecodeError) as error:
        said = str(error).strip().split("\n")[0][:200]
        raise FormatError("{0} cannot be read as Parquet ({1}); get it again.", file, said) from error
