"""What WeasyPrint leaves to do on its PDF/A-3a file: PDF/UA-1 as well, signature fields, readable object streams."""

import io
from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import escape

import pikepdf
from pikepdf import Array, Dictionary, Name, ObjectStreamMode

from ethicsreview.documents.domain import AttachmentData, SignatureField

PRINT_AND_LOCKED = 4 | 128  # annotation flags
CODE_MARK = "urn:ethicsreview:code:"

# Says that the file is PDF/UA-1, and describes that statement as PDF/A demands of any schema it does not know.
UNIVERSAL_ACCESS = """\
<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
<pdfuaid:part>1</pdfuaid:part></rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>PDF/UA part</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>
"""
IDENTIFIER = """\
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:identifier>{mark}{code}</dc:identifier></rdf:Description>
"""
END = b"</rdf:RDF>"


def conform(
    pdf: bytes, *, fields: Sequence[SignatureField], attachments: Sequence[AttachmentData], code: str
) -> tuple[bytes, list[str]]:
    """The finished file, and the names of the signature fields found in it.

    Saved with small object streams: pyHanko reads WeasyPrint's single large one anew for each object in it.
    """
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        _declare(opened, code)
        found = _place_fields(opened, {field.name: field for field in fields})
        for thing in opened.objects:
            _correct(thing)
        _name_types(opened, {data.name: data.media_type for data in attachments})
        saved = io.BytesIO()
        opened.save(saved, object_stream_mode=ObjectStreamMode.generate, deterministic_id=True)
    return saved.getvalue(), found


def _declare(opened: Any, code: str) -> None:
    metadata = opened.Root.Metadata
    stated = metadata.read_bytes()
    added = UNIVERSAL_ACCESS + (IDENTIFIER.format(mark=CODE_MARK, code=escape(code)) if code else "")
    metadata.write(stated.replace(END, added.encode() + END, 1))


def _place_fields(opened: Any, wanted: dict[str, SignatureField]) -> list[str]:
    form = opened.Root.get("/AcroForm")
    if form is None:
        return []
    for forbidden in ("/NeedAppearances", "/DR"):
        if forbidden in form:
            del form[forbidden]
    found = []
    for widget in form.Fields:
        name = str(widget.T)
        if name in wanted:
            _make_signature_field(opened, widget, wanted[name].label)
        found.append(name)
    return found


def _correct(thing: Any) -> None:
    """Two details of single objects: images as PDF/A wants them, Form elements as pyHanko's comparison knows them.

    PDF/A forbids smoothing of pictures; pyHanko takes a Form element's only child as itself, not as a list of one.
    """
    if isinstance(thing, pikepdf.Stream):
        if thing.get("/Subtype") == Name.Image and "/Interpolate" in thing:
            del thing["/Interpolate"]
    elif isinstance(thing, Dictionary) and thing.get("/S") == Name.Form:
        kids = thing.get("/K")
        if isinstance(kids, Array) and len(kids) == 1:
            thing.K = kids[0]


def _make_signature_field(opened: Any, widget: Any, label: str) -> None:
    """print.html marks the place by a check box, the one input that embeds no font; here it becomes a signature."""
    left, right = sorted(float(widget.Rect[n]) for n in (0, 2))
    bottom, top = sorted(float(widget.Rect[n]) for n in (1, 3))
    for key in ("/AS", "/V", "/MK", "/Border", "/DA"):
        if key in widget:
            del widget[key]
    empty = opened.make_stream(
        b"",
        Type=Name.XObject,
        Subtype=Name.Form,
        BBox=Array([0, 0, round(right - left, 3), round(top - bottom, 3)]),
        Resources=Dictionary(),
    )
    widget.FT, widget.F, widget.TU = Name.Sig, PRINT_AND_LOCKED, pikepdf.String(label)
    widget.Rect = Array([left, bottom, right, top])
    widget.AP = Dictionary(N=empty)


def _name_types(opened: Any, types: dict[str, str]) -> None:
    for name, media_type in types.items():
        opened.attachments[name].obj.EF.F.Subtype = Name("/" + media_type)
