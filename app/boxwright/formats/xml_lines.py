"""Small XML tree whose elements know their line, parsed without entities, DTDs or anything outside the file."""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesImpl, Locator

from defusedxml.common import DefusedXmlException
from defusedxml.sax import make_parser

from boxwright.domain.errors import FormatError
from boxwright.domain.messages import Message, reason_of
from boxwright.formats.checks import Reporter
from boxwright.formats.finding import is_file
from boxwright.formats.text import LARGEST_LABEL_FILE, decode, read_bytes, unicode_text

_DEEPEST = 100
_BLOCK = 1 << 20
_DECLARED = re.compile(rb'^\s*<\?xml[^>]{0,200}?(\s+encoding\s*=\s*["\']([A-Za-z0-9._-]+)["\'])')
_UTF8 = frozenset({"utf-8", "ascii"})


@dataclass
class Element:
    """Element of the tree.

    `text` is what stands directly inside it, without the white space around it; `line` counts from 1.
    """

    tag: str
    line: int
    text: str = ""
    children: list[Element] = field(default_factory=list)
    attributes: dict[str, str] = field(default_factory=dict)

    def first(self, tag: str) -> Element | None:
        return next((child for child in self.children if child.tag == tag), None)

    def every(self, tag: str) -> Iterator[Element]:
        return (child for child in self.children if child.tag == tag)

    def text_of(self, tag: str) -> str:
        """The text of the first child `tag`, "" when there is none."""
        child = self.first(tag)
        return child.text if child is not None else ""


def parse(file: Path, reporter: Reporter) -> Element:
    """The root element of `file`. Text that is in no encoding that it declares is told to `reporter`. Raises
    FormatError with the line where it stops being XML."""
    data = _as_utf8(read_bytes(file, LARGEST_LABEL_FILE), reporter)
    builder = _Builder()
    parser = make_parser()
    parser.setContentHandler(builder)
    parser.forbid_dtd = True
    with _told(file):
        parser.parse(io.BytesIO(data))
    if builder.root is None:
        raise FormatError("{0} holds no XML element; left out.", file)
    return builder.root


def children(file: Path, root: str, reporter: Reporter) -> Iterator[Element]:
    """Each element directly inside the root element, as soon as it is complete: a file of any size takes the memory of
    one, unless it is of another encoding than UTF-8. Raises FormatError when the root is not a `root`, and with the
    line where the file stops being XML."""
    builder = _Streamed()
    parser = make_parser()
    parser.setContentHandler(builder)
    parser.forbid_dtd = True
    builder.setDocumentLocator(parser)
    for block in _blocks(file, reporter):
        with _told(file):
            if block:
                parser.feed(block)
            else:
                parser.close()
        if builder.root is not None and builder.root.tag != root:
            raise FormatError("{0} holds <{1}>, not <{2}>; left out.", file, builder.root.tag, root)
        yield from builder.complete
        builder.complete.clear()
    if builder.root is None:
        raise FormatError("{0} holds no XML element; left out.", file)


def _blocks(file: Path, reporter: Reporter) -> Iterator[bytes]:
    """The text of `file` as UTF-8, and at last an empty block."""
    if not is_file(file):
        raise FormatError("{0} is not a file that can be read.", file)
    if file.stat().st_size <= LARGEST_LABEL_FILE and not all(_plain_blocks(file)):
        data = _as_utf8(read_bytes(file, LARGEST_LABEL_FILE), reporter)
        yield from (data[at : at + _BLOCK] for at in range(0, len(data), _BLOCK))
    else:
        yield from _read_blocks(file)
    yield b""


def _read_blocks(file: Path) -> Iterator[bytes]:
    try:
        with file.open("rb") as handle:
            while block := handle.read(_BLOCK):
                yield block
    except OSError as error:
        raise FormatError("{0} cannot be read: {1}.", file, reason_of(error)) from error


def _plain_blocks(file: Path) -> Iterator[bool]:
    """For each block of `file`, whether it is UTF-8 so far and says nothing else."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    for number, block in enumerate(_read_blocks(file)):
        try:
            decoder.decode(block)
        except UnicodeDecodeError:
            yield False
        yield not (number == 0 and (b"\0" in block or _declared(block) not in _UTF8))


def _declared(data: bytes) -> str:
    """The encoding that XML declares, by the name Python has for it; what it declares where Python has none."""
    found = _DECLARED.match(data)
    name = found.group(2).decode() if found else "utf-8"
    try:
        return codecs.lookup(name).name
    except LookupError:
        return name


def _as_utf8(data: bytes, reporter: Reporter) -> bytes:
    """XML that the parser reads: it knows few encodings, none of those with two bytes a letter, and stops at a file
    that says UTF-8 and is not."""
    declared = _declared(data)
    text = None
    if declared not in _UTF8 and b"\0" not in data:
        try:
            text = data.decode(declared)
        except UnicodeError:
            text = None
        except LookupError:
            what = Message(
                "The file declares the encoding '{0}', which is not known; its text was read without that.", declared
            )
            reporter.say(1, what, Message("unknown encoding"))
    elif (text := unicode_text(data)) is not None and b"\0" not in data:
        return data
    made = (decode(data, reporter) if text is None else text).encode("utf-8", errors="replace")
    found = _DECLARED.match(made)
    return made if found is None else made[: found.start(1)] + made[found.end(1) :]


@contextmanager
def _told(file: Path) -> Iterator[None]:
    """Whatever the parser refuses `file` for, as a FormatError."""
    from xml.sax import SAXException, SAXParseException

    try:
        yield
    except DefusedXmlException as error:
        raise FormatError(
            "{0} declares a DTD or entities, which a label file does not need; left out.", file
        ) from error
    except SAXParseException as error:
        line = error.getLineNumber()
        raise FormatError(
            "{0}, line {1}: this is not XML ({2}); left out.", file, line, Message(error.getMessage())
        ) from error
    except (SAXException, ValueError, LookupError) as error:
        raise FormatError("{0} cannot be read as XML: {1}; left out.", file, error) from error


class _Builder(ContentHandler):
    def __init__(self) -> None:
        super().__init__()
        self.root: Element | None = None
        self._open: list[tuple[Element, list[str]]] = []
        self._where: Locator | None = None

    def setDocumentLocator(self, locator: Locator) -> None:  # noqa: N802 - named by SAX
        self._where = locator

    def startElement(self, name: str, attrs: AttributesImpl) -> None:  # noqa: N802 - named by SAX
        if len(self._open) >= _DEEPEST:
            raise ValueError(Message("elements are nested too deeply"))
        line = (self._where.getLineNumber() or 1) if self._where is not None else 1
        element = Element(name, line, attributes=dict(attrs.items()))
        if self._open:
            self._open[-1][0].children.append(element)
        else:
            self.root = element
        self._open.append((element, []))

    def endElement(self, name: str) -> None:  # noqa: N802 - named by SAX
        element, parts = self._open.pop()
        element.text = "".join(parts).strip()

    def characters(self, content: str) -> None:
        self._open[-1][1].append(content)


class _Streamed(_Builder):
    """Keeps no element of the root once it is complete, but in `complete`."""

    def __init__(self) -> None:
        super().__init__()
        self.complete: list[Element] = []

    def endElement(self, name: str) -> None:  # noqa: N802 - named by SAX
        super().endElement(name)
        if len(self._open) == 1:
            root, parts = self._open[0]
            self.complete.append(root.children.pop())
            parts.clear()
