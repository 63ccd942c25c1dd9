"""A logo is taken apart to pixels and drawn anew."""

import io
import struct
import zlib

import pytest
from PIL import Image, PngImagePlugin

from ethicsreview.documents.logo import LARGEST_UPLOAD, BadLogo, data_address, redraw_logo
from ethicsreview.documents.qr import qr_svg


def picture(kind: str, size: tuple[int, int] = (800, 400), mode: str = "RGB", **options: object) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, 200 if mode == "L" else "#0b5a5c").save(out, kind, **options)
    return out.getvalue()


def huge_header() -> bytes:
    """A PNG that says it has 60,000 by 60,000 pixels, in some hundred bytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("kind", "mode"), [("PNG", "RGB"), ("PNG", "RGBA"), ("PNG", "L"), ("JPEG", "RGB"), ("WEBP", "RGB")]
)
def test_logo_becomes_a_small_opaque_png(kind: str, mode: str) -> None:
    with Image.open(io.BytesIO(redraw_logo(picture(kind, mode=mode)))) as drawn:
        assert (drawn.format, drawn.mode, drawn.size) == ("PNG", "RGB", (600, 300))


def test_small_logo_is_not_blown_up() -> None:
    with Image.open(io.BytesIO(redraw_logo(picture("PNG", (40, 30))))) as drawn:
        assert drawn.size == (40, 30)


def test_transparent_logo_stands_on_white() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (10, 10), (0, 0, 0, 0)).save(out, "PNG")
    with Image.open(io.BytesIO(redraw_logo(out.getvalue()))) as drawn:
        assert drawn.getpixel((5, 5)) == (255, 255, 255)


def test_nothing_but_pixels_is_kept() -> None:
    told = PngImagePlugin.PngInfo()
    told.add_text("Author", "secret")
    sent = picture("PNG", pnginfo=told) + b"secret after the end"
    assert (sent.count(b"secret"), redraw_logo(sent).count(b"secret")) == (2, 0)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "not_an_image"),
        (b"%PDF-1.7", "not_an_image"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not_an_image"),
        (picture("GIF"), "not_an_image"),
        (picture("TIFF"), "not_an_image"),
        (picture("PNG")[:200], "not_an_image"),
        (picture("JPEG")[:300], "not_an_image"),
        (bytes(LARGEST_UPLOAD + 1), "too_large"),
        (huge_header(), "too_many_pixels"),
        (picture("PNG", (7000, 10)), "too_many_pixels"),
        (picture("PNG", (5000, 5000)), "too_many_pixels"),
    ],
    ids=["empty", "pdf", "svg", "gif", "tiff", "cut png", "cut jpeg", "large", "bomb", "wide", "many"],
)
def test_bad_logo_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(BadLogo) as refused:
        redraw_logo(data)
    assert refused.value.code == code


def test_address_of_no_logo_is_empty() -> None:
    assert (data_address(b""), data_address(b"a")) == ("", "data:image/png;base64,YQ==")


def test_qr_code_is_a_picture_with_words() -> None:
    svg = qr_svg("https://review.example/verify/<&>/")
    assert svg.count("<title>https://review.example/verify/&lt;&amp;&gt;/</title>") == 1
    assert (svg.count("<path"), svg.count("style="), svg.count("<script")) == (1, 0, 0)
