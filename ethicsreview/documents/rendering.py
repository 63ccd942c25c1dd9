"""HTML to a PDF that is PDF/A-3a and PDF/UA-1 at once. The same input gives the same bytes."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pydyf
from django.conf import settings
from django.contrib.staticfiles import finders
from weasyprint import HTML, Attachment
from weasyprint.formatting_structure import boxes
from weasyprint.pdf import tags
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from ethicsreview.documents import fonts
from ethicsreview.documents.conformance import conform
from ethicsreview.documents.domain import AttachmentData, SignatureField, html_language
from ethicsreview.documents.fonts import missing_glyphs

__all__ = ["CannotRender", "OwnFilesOnly", "check_ready", "missing_glyphs", "render"]

VARIANT = "pdf/a-3a"
STATIC = "static:"
IMAGES = ("data:image/png;base64,", "data:image/jpeg;base64,")
PASSED_OVER = ("html", "body")  # have no tag of their own; what comes out of them is their children's
TYPES = {".css": "text/css", ".svg": "image/svg+xml", ".png": "image/png"}


class CannotRender(Exception):
    """No document can be made. ``problems`` are codes; ``glyphs`` the characters no font of ours holds.

    Codes: ``font_missing``, ``subsetter_missing`` (see ``fonts.problems``), ``glyphs_missing``,
    ``foreign_address``, ``fields_missing``.
    """

    def __init__(self, problems: tuple[str, ...], glyphs: frozenset[str] = frozenset()) -> None:
        super().__init__(", ".join((*problems, *(f"U+{ord(sign):04X}" for sign in sorted(glyphs)))))
        self.problems = problems
        self.glyphs = glyphs


class OwnFilesOnly(URLFetcher):  # type: ignore[misc]  # WeasyPrint carries no types
    """Serves ``static:`` paths from our own static files, and ``data:`` pictures; all else stops the rendering."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols=("data",), allow_redirects=False, fail_on_errors=True)

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        """The content behind ``url``; raises ``ValueError`` for an address that is not ours."""
        if url.startswith(STATIC):
            path = unquote(url.removeprefix(STATIC))
            found = finders.find(path)
            kind = TYPES.get(Path(path).suffix)
            if isinstance(found, str) and kind:
                return URLFetcherResponse(url, Path(found).read_bytes(), {"Content-Type": kind})
        elif url.startswith(IMAGES):
            return super().fetch(url, headers)
        raise ValueError(f"not ours: {url[:80]}")


def check_ready() -> tuple[str, ...]:
    """Codes of what keeps this machine from rendering; empty means ready."""
    return fonts.problems()


def render(
    *,
    html: str,
    language: str,
    title: str,
    created: datetime,
    signature_field: SignatureField,
    seal_field: SignatureField,
    attachments: Sequence[AttachmentData] = (),
    code: str = "",
) -> bytes:
    """The unsigned PDF. ``html`` extends print.html and holds both fields; ``created`` is printed into the file's
    data, so it must be the same for the same document. ``code`` is found again by verification in a changed file.
    Raises ``CannotRender``.
    """
    problems = check_ready()
    if problems:
        raise CannotRender(problems)
    lacking = missing_glyphs(html)
    if lacking:
        raise CannotRender(("glyphs_missing",), lacking)
    stamp = created.astimezone(UTC).replace(microsecond=0)
    try:
        pdf = _written(html, language, title, stamp, attachments)
    except FatalURLFetchingError as refused:
        raise CannotRender(("foreign_address",)) from refused
    wanted = (signature_field, seal_field)
    made, found = conform(pdf, fields=wanted, attachments=attachments, code=code)
    if set(found) != {field.name for field in wanted} or len(found) != len(wanted):
        raise CannotRender(("fields_missing",))
    return made


def _written(html: str, language: str, title: str, stamp: datetime, attachments: Sequence[AttachmentData]) -> bytes:
    options = {"pdf_variant": VARIANT, "pdf_tags": True, "pdf_forms": True}
    document = HTML(string=html, url_fetcher=OwnFilesOnly()).render(font_config=_font_configuration(), **options)
    metadata = document.metadata
    metadata.title, metadata.lang, metadata.generator = title, html_language(language), "ethicsreview"
    metadata.created = metadata.modified = stamp.strftime("%Y-%m-%dT%H:%M:%SZ")
    carried = [
        Attachment(
            string=data.content,
            name=data.name,
            description=data.description,
            relationship="Data",
            created=stamp,
            modified=stamp,
        )
        for data in attachments
    ]
    with _languages_and_scopes():
        pdf: bytes = document.write_pdf(attachments=carried, finisher=_refuse_blanks, **options)
    return pdf


def _refuse_blanks(document: Any, pdf: pydyf.PDF) -> None:
    """WeasyPrint prints a box for a character without glyph and goes on; a signed document must not.

    The text was looked through before; this finds what style sheets and entities add to it.
    """
    points = {point for font in document.fonts.values() for point in font.missing}
    if points:
        raise CannotRender(("glyphs_missing",), frozenset(chr(point) for point in points))


@cache
def _font_configuration() -> FontConfiguration:
    """Pango's view of our folder alone.

    Fontconfig reads the variable when the configuration is made, and only then; set for longer it would reach every
    process started from here.
    """
    before = os.environ.get("FONTCONFIG_FILE")
    os.environ["FONTCONFIG_FILE"] = str(settings.FONT_DIR / fonts.FONTCONFIG)
    try:
        return FontConfiguration()
    finally:
        if before is None:
            del os.environ["FONTCONFIG_FILE"]
        else:
            os.environ["FONTCONFIG_FILE"] = before


@contextmanager
def _languages_and_scopes() -> Iterator[None]:
    """Adds each element's language and each heading cell's scope to the tags while a file is written.

    WeasyPrint 70 exports neither and offers no place for them, so its tree builder is wrapped; it calls itself by
    its module's name, and processes render one document at a time.
    """
    build = tags._build_box_tree

    def wrapped(box: Any, *context: Any) -> Iterator[Any]:
        attributes = _attributes(box)
        for element in build(box, *context):
            _complete(element, attributes)
            yield element

    tags._build_box_tree = wrapped
    try:
        yield
    finally:
        tags._build_box_tree = build


def _attributes(box: Any) -> dict[str, str]:
    element = None if isinstance(box, boxes.PageBox) else getattr(box, "element", None)
    if element is None or element.tag in PASSED_OVER:
        return {}
    attributes: dict[str, str] = element.attrib
    return attributes


def _complete(element: Any, attributes: dict[str, str]) -> None:
    if "lang" in attributes and element["S"] != "/Document":
        element["Lang"] = pydyf.String(html_language(attributes["lang"]))
    if element["S"] == "/TH":
        element["A"]["Scope"] = "/Row" if attributes.get("scope") == "row" else "/Column"
