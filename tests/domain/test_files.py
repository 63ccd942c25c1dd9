"""Every hostile or unsuitable file is refused by its own reason; every honest one is taken."""

import io
import struct
import zipfile
import zlib

import openpyxl
import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from ethicsreview.files.domain import images, office, pdfs
from ethicsreview.files.domain.inspection import inspect
from ethicsreview.files.domain.kinds import ACCEPT, KINDS, OOXML, BadFile, Fault
from ethicsreview.files.domain.names import LONGEST, LONGEST_BYTES, clean_name
from ethicsreview.files.domain.pictures import HEIGHT, WIDTH, NoSuchPage, picture
from ethicsreview.files.domain.texts import CHUNK

WORD_MAIN = OOXML + "wordprocessingml.document.main+xml"
EXE = "application/x-msdownload"
LINKS = "http://schemas.openxmlformats.org/package/2006/relationships"
LINK_KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def fault(name: str, content: bytes) -> tuple[Fault, dict[str, str | int]]:
    """The reason and facts of the refusal."""
    with pytest.raises(BadFile) as caught:
        inspect(name, io.BytesIO(content))
    return caught.value.code, caught.value.facts


def taken(name: str, content: bytes) -> tuple[str, int | None]:
    """The code and pages of an accepted file."""
    found = inspect(name, io.BytesIO(content))
    return found.kind.code, found.pages


def pdf(pages: int = 1, *, encryption: pikepdf.Encryption | None = None, **root: object) -> bytes:
    """A PDF of blank pages; ``root`` are entries of its catalogue."""
    document = pikepdf.new()
    for _ in range(pages):
        document.add_blank_page(page_size=(300, 400))
    for key, value in root.items():
        document.Root[f"/{key}"] = value
    out = io.BytesIO()
    document.save(out, encryption=encryption or False, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return out.getvalue()


def pdf_with_file(name: str) -> bytes:
    """A PDF that carries a file called ``name``."""
    document = pikepdf.new()
    document.add_blank_page()
    document.attachments[name] = b"{}"
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def office_file(parts: dict[str, bytes | str] | None = None, *, main_type: str = WORD_MAIN) -> bytes:
    """A small DOCX; ``parts`` are added or put in place of its own."""
    own: dict[str, bytes | str] = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        f'<Override PartName="/word/document.xml" ContentType="{main_type}"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{LINKS}"/>',
        "word/document.xml": "<document/>",
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, content in (own | (parts or {})).items():
            archive.writestr(part, content)
    return out.getvalue()


def link(kind: str, mode: str = "External") -> str:
    """A part of links with one link in it."""
    return (
        f'<Relationships xmlns="{LINKS}"><Relationship Id="r1" Type="{LINK_KIND}/{kind}" '
        f'Target="https://example.test/a.dotm" TargetMode="{mode}"/></Relationships>'
    )


def image(form: str, size: tuple[int, int] = (4, 3)) -> bytes:
    """A red picture."""
    out = io.BytesIO()
    Image.new("RGB", size, "red").save(out, form)
    return out.getvalue()


def png_claiming(width: int, height: int) -> bytes:
    """A PNG whose header claims a size its data does not have."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    parts = [(b"IHDR", header), (b"IDAT", zlib.compress(b"\0")), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in parts
    )


def workbook() -> bytes:
    """An XLSX as a real program writes it."""
    out = io.BytesIO()
    openpyxl.Workbook().save(out)
    return out.getvalue()


HONEST = {
    "方案.pdf": (pdf(3), ("pdf", 3)),
    "Plan.DOCX": (office_file(), ("docx", None)),
    "data.xlsx": (workbook(), ("xlsx", None)),
    "slides.pptx": (office_file(main_type=OOXML + "presentationml.presentation.main+xml"), ("pptx", None)),
    "a.png": (image("PNG"), ("png", None)),
    "a.jpg": (image("JPEG"), ("jpeg", None)),
    "a.jpeg": (image("JPEG"), ("jpeg", None)),
    "a.webp": (image("WEBP"), ("webp", None)),
    "utf8.csv": ("\ufeff姓名,年龄\n甲,30\n".encode(), ("csv", None)),
    "gb.csv": ("姓名,年龄\n甲,30\n".encode("gb18030"), ("csv", None)),
    "notes.txt": (b"plain\r\n\ttext\n", ("txt", None)),
}


@pytest.mark.parametrize("name", HONEST)
def test_file_honest_is_taken(name: str) -> None:
    content, expected = HONEST[name]
    assert taken(name, content) == expected


SCRIPT = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
XLM = {"xl/macrosheets/sheet1.xml": "<x/>"}
HOSTILE = {
    "nothing in it": ("a.pdf", b"", (Fault.EMPTY, {})),
    "a program": ("a.exe", b"MZ", (Fault.KIND, {"ending": "exe"})),
    "a page": ("a.html", b"<html>", (Fault.KIND, {"ending": "html"})),
    "a drawing": ("a.svg", b"<svg/>", (Fault.KIND, {"ending": "svg"})),
    "an archive": ("a.zip", office_file(), (Fault.KIND, {"ending": "zip"})),
    "no ending": ("README", b"text", (Fault.KIND, {"ending": ""})),
    "old Office": ("a.doc", b"\xd0\xcf\x11\xe0", (Fault.LEGACY, {"ending": "doc"})),
    "macro Office": ("a.docm", office_file(), (Fault.MACROS, {"ending": "docm"})),
    "program as PDF": ("a.pdf", b"MZ" + b"\0" * 90, (Fault.MISMATCH, {"ending": "pdf", "found": EXE})),
    "picture as PDF": ("a.pdf", image("PNG"), (Fault.MISMATCH, {"ending": "pdf", "found": "image/png"})),
    "PDF as picture": ("a.png", pdf(), (Fault.MISMATCH, {"ending": "png", "found": "application/pdf"})),
    "page as picture": ("a.jpg", b"<html></html>", (Fault.MISMATCH, {"ending": "jpg", "found": ""})),
    "sound as WebP": ("a.webp", b"RIFF\0\0\0\0WAVEfmt ", (Fault.MISMATCH, {"ending": "webp", "found": "audio/x-wav"})),
    "PDF after junk": ("a.pdf", b"junk\n" + pdf(), (Fault.MISMATCH, {"ending": "pdf", "found": ""})),
    "PDF cut short": ("a.pdf", b"%PDF-1.7\n%nothing more", (Fault.DAMAGED, {"ending": "pdf"})),
    "PDF without pages": ("a.pdf", pdf(0), (Fault.DAMAGED, {"ending": "pdf"})),
    "PDF with a password": ("a.pdf", pdf(encryption=pikepdf.Encryption(owner="o", user="u")), (Fault.ENCRYPTED, {})),
    "PDF with rights": ("a.pdf", pdf(encryption=pikepdf.Encryption(owner="o", user="")), (Fault.ENCRYPTED, {})),
    "PDF script at opening": ("a.pdf", pdf(OpenAction=SCRIPT), (Fault.ACTIVE, {"what": "script"})),
    "PDF script by name": (
        "a.pdf",
        pdf(Names=pikepdf.Dictionary(JavaScript=pikepdf.Dictionary(Names=["x", SCRIPT]))),
        (Fault.ACTIVE, {"what": "script"}),
    ),
    "PDF launcher": (
        "a.pdf",
        pdf(OpenAction=pikepdf.Dictionary(S=pikepdf.Name.Launch, F="cmd.exe")),
        (Fault.ACTIVE, {"what": "launch"}),
    ),
    "PDF that reports home": (
        "a.pdf",
        pdf(OpenAction=pikepdf.Dictionary(S=pikepdf.Name.SubmitForm, F="https://example.test/")),
        (Fault.ACTIVE, {"what": "launch"}),
    ),
    "PDF dynamic form": (
        "a.pdf",
        pdf(AcroForm=pikepdf.Dictionary(XFA="<xdp/>", Fields=[])),
        (Fault.ACTIVE, {"what": "form"}),
    ),
    "PDF film": (
        "a.pdf",
        pdf(X=pikepdf.Dictionary(Subtype=pikepdf.Name.RichMedia, RichMediaContent=pikepdf.Dictionary())),
        (Fault.ACTIVE, {"what": "media"}),
    ),
    "PDF carrying a program": ("a.pdf", pdf_with_file("x.exe"), (Fault.ATTACHMENT, {"name": "x.exe"})),
    "Office with a password": (
        "a.docx",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
        (Fault.ENCRYPTED, {}),
    ),
    "Office cut short": ("a.docx", office_file()[:200], (Fault.DAMAGED, {"ending": "docx"})),
    "any archive as Office": (
        "a.docx",
        office_file(main_type="text/xml"),
        (Fault.MISMATCH, {"ending": "docx", "found": "application/zip"}),
    ),
    "workbook as DOCX": (
        "a.docx",
        workbook(),
        (Fault.MISMATCH, {"ending": "docx", "found": "application/zip"}),
    ),
    "Office macro part": ("a.docx", office_file({"word/vbaProject.bin": b"x"}), (Fault.MACROS, {"ending": "docx"})),
    "Office macro sheet": ("a.docx", office_file(XLM), (Fault.MACROS, {"ending": "docx"})),
    "Office control": ("a.docx", office_file({"word/activeX/a1.xml": b"x"}), (Fault.MACROS, {"ending": "docx"})),
    "Office macro type": (
        "a.docx",
        office_file(main_type="application/vnd.ms-word.document.macroEnabled.main+xml"),
        (Fault.MACROS, {"ending": "docx"}),
    ),
    "Office remote template": (
        "a.docx",
        office_file({"word/_rels/settings.xml.rels": link("attachedTemplate")}),
        (Fault.ACTIVE, {"what": "remote"}),
    ),
    "Office path upwards": ("a.docx", office_file({"../../x": b"x"}), (Fault.DAMAGED, {"ending": "docx"})),
    "Office entity bomb": (
        "a.docx",
        office_file({"[Content_Types].xml": '<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'}),
        (Fault.DAMAGED, {"ending": "docx"}),
    ),
    "Office that explodes": ("a.docx", office_file({"word/big.xml": b"\0" * (40 << 20)}), (Fault.BOMB, {})),
    "picture cut short": ("a.png", image("PNG")[:40], (Fault.DAMAGED, {"ending": "png"})),
    "picture that explodes": (
        "a.png",
        png_claiming(8000, 8000),
        (Fault.TOO_MANY_PIXELS, {"most": images.MOST_PIXELS}),
    ),
    "picture far too large": (
        "a.png",
        png_claiming(60000, 60000),
        (Fault.TOO_MANY_PIXELS, {"most": images.MOST_PIXELS}),
    ),
    "page as CSV": ("a.csv", b"\xef\xbb\xbf  <!DOCTYPE html>", (Fault.ACTIVE, {"what": "markup"})),
    "drawing as text": ("a.txt", b"<svg onload='x'>", (Fault.ACTIVE, {"what": "markup"})),
    "NUL in CSV": ("a.csv", b"a,b\0c\n", (Fault.NOT_TEXT, {})),
    "UTF-16 CSV": ("a.csv", "a\tb\n".encode("utf-16"), (Fault.NOT_TEXT, {})),
    "half a character": ("a.csv", "姓".encode("gb18030")[:1], (Fault.NOT_TEXT, {})),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_file_hostile_is_refused_with_its_reason(case: str) -> None:
    name, content, expected = HOSTILE[case]
    assert fault(name, content) == expected


def test_pdf_words_in_strings_are_not_scripts() -> None:
    assert taken("a.pdf", pdf(Lang="en", X="/JS and /JavaScript and /Launch")) == ("pdf", 1)


def test_pdf_with_data_beside_it_is_taken() -> None:
    assert taken("a.pdf", pdf_with_file("result.json")) == ("pdf", 1)


def test_office_link_to_a_page_is_taken() -> None:
    assert taken("a.docx", office_file({"word/_rels/document.xml.rels": link("hyperlink")})) == ("docx", None)


def test_office_overlapping_entries_are_a_bomb(monkeypatch: pytest.MonkeyPatch) -> None:
    content = bytearray(office_file({"word/a.xml": b"x" * 100}))
    directory = content.rindex(b"PK\x01\x02")
    content[directory + 20 : directory + 24] = struct.pack(
        "<I", 1 << 20
    )  # packed size, as in a file that folds itself
    assert fault("a.docx", bytes(content)) == (Fault.BOMB, {})


def test_office_too_many_entries_is_a_bomb() -> None:
    parts: dict[str, bytes | str] = {f"word/{number}": b"" for number in range(office.MOST_ENTRIES)}
    assert fault("a.docx", office_file(parts)) == (Fault.BOMB, {})


def test_pdf_page_limit_is_the_last_number_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdfs, "MOST_PAGES", 2)
    assert taken("a.pdf", pdf(2)) == ("pdf", 2)
    assert fault("a.pdf", pdf(3)) == (Fault.TOO_MANY_PAGES, {"most": 2})


def test_text_character_across_chunks_is_read() -> None:
    content = b"a" * (CHUNK - 1) + "审查".encode()
    assert taken("a.txt", content) == ("txt", None)


def test_accept_names_every_ending_once() -> None:
    assert ACCEPT.split(",") == [f".{ending}" for kind in KINDS for ending in kind.endings]


@pytest.mark.parametrize(
    ("given_name", "expected"),
    [
        ("伦理审查 申请书.pdf", "伦理审查 申请书.pdf"),
        ("C:\\Users\\me\\Plan.PDF", "Plan.pdf"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie_ x.pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("zero\u200bwidth\ufeff.pdf", "zerowidth.pdf"),
        ("two\u2028lines.pdf", "twolines.pdf"),
        ('a<b>"c"|?*.csv', "a_b__c____.csv"),
        ("  many   blanks .pdf", "many blanks.pdf"),
        (".htaccess", "htaccess"),
        ("CON.pdf", "_CON.pdf"),
        ("", "document"),
        (".pdf", "pdf"),
        ("...", "document"),
        ("/", "document"),
        ("e\u0301.pdf", "é.pdf"),
        ("v1.2 final", "v1.2 final"),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
        ("审" * 300 + ".pdf", "审" * 78 + ".pdf"),
    ],
)
def test_name_is_cleaned(given_name: str, expected: str) -> None:
    assert clean_name(given_name) == expected


@given(st.text(max_size=400))
def test_name_cleaned_is_short_visible_and_stable(name: str) -> None:
    clean = clean_name(name)
    assert (clean.isprintable(), len(clean) <= LONGEST, len(clean.encode()) <= LONGEST_BYTES) == (True, True, True)
    assert clean_name(clean) == clean
    assert {*clean} & {*'/\\<>:"|?*'} == set()


def opened(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png), formats=["PNG"])


def test_picture_of_a_pdf_page_is_as_wide_as_set() -> None:
    assert opened(picture(io.BytesIO(pdf(2)), KINDS[0], 2)).size == (WIDTH, 1867)


def test_picture_of_a_long_page_stays_within_the_limits() -> None:
    document = pikepdf.new()
    document.add_blank_page(page_size=(10, 14_000))
    out = io.BytesIO()
    document.save(out)
    assert opened(picture(io.BytesIO(out.getvalue()), KINDS[0], 1)).size == (5, HEIGHT)


def test_picture_of_an_image_is_not_enlarged_and_keeps_no_metadata() -> None:
    exif = Image.Exif()
    exif[0x010F] = "maker"
    out = io.BytesIO()
    Image.new("RGB", (40, 30)).save(out, "JPEG", exif=exif)
    shown = opened(picture(out, KINDS[5], 1))
    assert (shown.size, dict(shown.getexif())) == ((40, 30), {})


def test_picture_of_a_noisy_page_is_reduced_to_few_colours() -> None:
    out = io.BytesIO()
    Image.effect_noise((850, 850), 90).convert("RGB").save(out, "PNG")
    shown = opened(picture(out, KINDS[4], 1))
    assert (shown.mode, shown.size) == ("P", (850, 850))


@pytest.mark.parametrize("page", [0, 2])
def test_picture_beyond_the_pages_does_not_exist(page: int) -> None:
    with pytest.raises(NoSuchPage):
        picture(io.BytesIO(pdf(1)), KINDS[0], page)


def test_picture_of_an_office_file_does_not_exist() -> None:
    with pytest.raises(NoSuchPage):
        picture(io.BytesIO(office_file()), KINDS[1], 1)
