"""A small XML tree whose elements know their line, parsed without entities, DTDs or anything outside the file."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesImpl, Locator

from defusedxml.common import DefusedXmlException
from defusedxml.sax import make_parser

from boxwright.domain.errors import FormatError
from boxwright.formats.text import LARGEST_LABEL_FILE, read_bytes

_DEEPEST = 100


@dataclass
class Element:
    """`text` is what stands directly inside it, without the white space around it; `line` counts from 1."""

    tag: str
    line: int
    text: str = ""
    children: list[Element] = field(default_factory=list)

    def first(self, tag: str) -> Element | None:
        return next((child for child in self.children if child.tag == tag), None)

    def every(self, tag: str) -> Iterator[Element]:
        return (child for child in self.children if child.tag == tag)

    def text_of(self, tag: str) -> str:
        """The text of the first child `tag`, "" when there is none."""
        child = self.first(tag)
        return child.text if child is not None else ""


def parse(file: Path) -> Element:
    """The root element of `file`. Raises FormatError with the line where it stops being XML."""
    from xml.sax import SAXException, SAXParseException

    data = read_bytes(file, LARGEST_LABEL_FILE)
    builder = _Builder()
    parser = make_parser()
    parser.setContentHandler(builder)
    parser.forbid_dtd = True
    try:
        parser.parse(io.BytesIO(data))
    except DefusedXmlException as error:
        raise FormatError(f"{file} declares a DTD or entities, which a label file does not need; left out.") from error
    except SAXParseException as error:
        line = error.getLineNumber()
        raise FormatError(f"{file}, line {line}: this is not XML ({error.getMessage()}); left out.") from error
    except (SAXException, ValueError, LookupError) as error:
        raise FormatError(f"{file} cannot be read as XML: {error}; left out.") from error
    if builder.root is None:
        raise FormatError(f"{file} holds no XML element; left out.")
    return builder.root


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
            raise ValueError("elements are nested too deeply")
        element = Element(name, (self._where.getLineNumber() or 1) if self._where is not None else 1)
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
