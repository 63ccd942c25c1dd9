"""A rendered document keeps to PDF/A-3a and PDF/UA-1, says its language, and fetches nothing."""

import io
import json
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from pytest_django import Settings

from ethicsreview.documents.rendering import CannotRender, OwnFilesOnly, check_ready, missing_glyphs, render
from tests.reports.specimen import (
    ATTACHMENT,
    CODE,
    ISSUED,
    RARE,
    RESULT,
    furniture,
    signed_specimen,
    specimen,
    specimen_html,
    unsigned_specimen,
)

LANGUAGES = pytest.mark.parametrize("language", ["en", "zh"])
VERA = subprocess.run(["script/vera", "--ready"], capture_output=True, text=True)


def opened(pdf: bytes) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(pdf))


def elements(pdf: pikepdf.Pdf) -> list[Any]:
    """Every element of the structure tree."""
    return [
        thing for thing in pdf.objects if isinstance(thing, pikepdf.Dictionary) and "/S" in thing and "/P" in thing
    ]


def test_machine_is_ready_to_render() -> None:
    assert check_ready() == ()


@pytest.mark.slow
@pytest.mark.skipif(VERA.returncode != 0, reason=f"veraPDF cannot be asked: {VERA.stderr.strip()}")
@LANGUAGES
def test_unsigned_and_sealed_documents_pass_verapdf(language: str, tmp_path: Path) -> None:
    files = [tmp_path / "unsigned.pdf", tmp_path / "sealed.pdf"]
    files[0].write_bytes(unsigned_specimen(language))
    files[1].write_bytes(signed_specimen(language))
    asked = subprocess.run(["script/vera", "3a,ua1", *files], capture_output=True, text=True)
    assert asked.stdout.splitlines() == [
        f"{file.name} {flavour} compliant" for file in files for flavour in ("3a", "ua1")
    ]


@pytest.mark.slow
@pytest.mark.skipif(VERA.returncode != 0, reason=f"veraPDF cannot be asked: {VERA.stderr.strip()}")
def test_verapdf_notices_a_file_without_tags(tmp_path: Path) -> None:
    with opened(unsigned_specimen("en")) as pdf:
        del pdf.Root.StructTreeRoot
        pdf.save(tmp_path / "bare.pdf")
    assert subprocess.run(["script/vera", "ua1", tmp_path / "bare.pdf"], capture_output=True).returncode == 1


@LANGUAGES
def test_same_document_gives_the_same_bytes(language: str) -> None:
    assert specimen(language) == unsigned_specimen(language)


def test_other_moment_gives_other_bytes() -> None:
    page = furniture("en")
    later = render(
        html=specimen_html("en"),
        language="en",
        title=page.title,
        created=ISSUED + timedelta(seconds=1),
        signature_field=page.chair,
        seal_field=page.seal,
        attachments=(ATTACHMENT,),
        code=CODE,
    )
    assert later != unsigned_specimen("en")


@LANGUAGES
def test_qpdf_finds_no_fault(language: str, tmp_path: Path) -> None:
    (tmp_path / "sealed.pdf").write_bytes(signed_specimen(language))
    assert subprocess.run(["qpdf", "--check", tmp_path / "sealed.pdf"], capture_output=True).returncode == 0


@LANGUAGES
def test_both_fields_are_empty_tagged_signature_fields(language: str) -> None:
    page = furniture(language)
    with opened(unsigned_specimen(language)) as pdf:
        form = pdf.Root.AcroForm
        assert [(str(f.FT), str(f.T), str(f.TU), "/V" in f) for f in form.Fields] == [
            ("/Sig", page.seal.name, page.seal.label, False),
            ("/Sig", page.chair.name, page.chair.label, False),
        ]
        assert "/NeedAppearances" not in form
        tagged = [element.K.Obj.objgen for element in elements(pdf) if element.S == "/Form"]
        assert tagged == [field.objgen for field in form.Fields]


def test_elements_say_their_language_and_heads_their_scope() -> None:
    with opened(unsigned_specimen("en")) as pdf:
        spoken = {str(element.Lang) for element in elements(pdf) if "/Lang" in element}
        scopes = {str(element.A.get("/Scope")) for element in elements(pdf) if element.S == "/TH"}
        assert str(pdf.Root.Lang) == "en"
    assert spoken == {"zh-Hans"}
    assert scopes == {"/Row", "/Column"}


def test_chinese_document_says_so() -> None:
    with opened(unsigned_specimen("zh")) as pdf:
        assert str(pdf.Root.Lang) == "zh-Hans"
        assert str(pdf.docinfo.Title) == "科技伦理审查决定书"


def test_result_travels_inside() -> None:
    with opened(unsigned_specimen("en")) as pdf:
        carried = pdf.attachments["result.json"]
        assert json.loads(carried.get_file().read_bytes()) == json.loads(RESULT)
        assert carried.get_file().mime_type == "application/json"
        assert str(carried.obj.AFRelationship) == "/Data"


def test_code_stands_readable_in_the_file() -> None:
    assert unsigned_specimen("en").count(f"urn:ethicsreview:code:{CODE}".encode()) == 1


SECTION = """<div style="break-before: page; height: {height}mm"></div><section><{tag}>Heading{height}</{tag}>
<p class="{words}">Introduction{height}.</p><table class="data">
<thead><tr><th scope="col">Head{height}</th></tr></thead>
<tbody><tr><td>Row{height}</td></tr><tr><td>More{height}</td></tr></tbody></table></section>"""


@pytest.mark.parametrize("tag", ["h2", "h3"])
@pytest.mark.parametrize("words", ["", "small quiet", "note"])
def test_heading_stays_with_its_introduction_and_the_first_row(tag: str, words: str, tmp_path: Path) -> None:
    heights = range(196, 242, 3)  # down to where nothing of the section fits below
    sections = "".join(SECTION.format(height=height, tag=tag, words=words) for height in heights)
    html = specimen_html("en").replace('<section class="attest">', f'{sections}<section class="attest">')
    (tmp_path / "read.pdf").write_bytes(specimen("en", html=html))
    read = subprocess.run(["pdftotext", tmp_path / "read.pdf", "-"], capture_output=True, text=True, check=True)
    pages = read.stdout.split("\f")
    places = [
        {
            next(n for n, page in enumerate(pages) if f"{word}{height}" in page)
            for word in ("Heading", "Introduction", "Row")
        }
        for height in heights
    ]
    assert [len(where) for where in places] == [1] * len(heights)


@LANGUAGES
def test_rare_characters_and_code_can_be_read_out_of_the_pages(language: str, tmp_path: Path) -> None:
    (tmp_path / "sealed.pdf").write_bytes(signed_specimen(language))
    text = subprocess.run(["pdftotext", tmp_path / "sealed.pdf", "-"], capture_output=True, text=True).stdout
    assert (text.count(RARE), text.count(f"verify/{CODE}")) == (1, 1)
    assert text.count(CODE) >= 4


@LANGUAGES
def test_only_our_fonts_are_in_the_file(language: str, tmp_path: Path) -> None:
    (tmp_path / "sealed.pdf").write_bytes(signed_specimen(language))
    listed = subprocess.run(["pdffonts", tmp_path / "sealed.pdf"], capture_output=True, text=True).stdout
    families = {line.split()[0].split("+")[1] for line in listed.splitlines()[2:]}
    assert families - {"Ethicsreview-Sans", "Ethicsreview-Sans-Bold", "Ethicsreview-Serif-Bold"} == set()


@pytest.mark.parametrize("sign", ["\U0001f600", "\u0e01", "\u202e", "\ue000"])
def test_character_without_glyph_is_refused_never_blank(sign: str) -> None:
    assert missing_glyphs(f"a{sign}b") == frozenset(sign)
    with pytest.raises(CannotRender) as refused:
        specimen("en", html=specimen_html("en", rare=sign))
    assert (refused.value.problems, refused.value.glyphs) == (("glyphs_missing",), frozenset(sign))


def test_characters_drawn_as_nothing_are_accepted() -> None:
    text = "a\u00adb\u200bc\u200dd\u2060e\ufefff\ufe0fg\U000e0100h\ti\r\nj"
    assert missing_glyphs(text) == frozenset()
    assert specimen("en", html=specimen_html("en", rare=text))[:5] == b"%PDF-"


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:1/x.png",
        "https://example.org/x.png",
        "ftp://127.0.0.1/x.png",
        "file:///etc/hostname",
        "static:../settings/base.py",
        "static:/etc/hostname",
        "static:css/nothing.css",
        "static:css/%2e%2e/%2e%2e/settings/base.py",
        "data:text/css,p{}",
        "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'/>",
        "data:text/html;base64,PGI+",
    ],
)
def test_foreign_address_stops_the_document(address: str) -> None:
    html = specimen_html("en").replace("<main>", f'<main><p><img src="{address}" alt="x"></p>', 1)
    with pytest.raises(CannotRender) as refused:
        specimen("en", html=html)
    assert refused.value.problems == ("foreign_address",)


def test_own_stylesheet_is_served() -> None:
    served = OwnFilesOnly().fetch("static:css/print.css")
    assert served.content_type == "text/css"
    assert served.read() == Path("ethicsreview/static/css/print.css").read_bytes()


def test_document_without_its_fields_is_refused() -> None:
    page = furniture("en")
    html = specimen_html("en").replace(f'name="{page.chair.name}"', 'name="Other"')
    with pytest.raises(CannotRender) as refused:
        specimen("en", html=html)
    assert refused.value.problems == ("fields_missing",)


def test_field_twice_is_refused() -> None:
    page = furniture("en")
    html = specimen_html("en").replace(f'name="{page.chair.name}"', f'name="{page.seal.name}"')
    with pytest.raises(CannotRender):
        specimen("en", html=html)


def test_missing_fonts_refuse_rendering_and_nothing_else(settings: Settings, tmp_path: Path) -> None:
    settings.FONT_DIR = tmp_path
    assert check_ready() == ("font_missing",)
    assert missing_glyphs("\U0001f600") == frozenset()
    with pytest.raises(CannotRender) as refused:
        specimen("en", html="<p>")
    assert refused.value.problems == ("font_missing",)


def test_html_of_a_document_escapes_what_it_is_given() -> None:
    assert specimen_html("en", rare="<img src=http://x>").count("<img src=http") == 0
