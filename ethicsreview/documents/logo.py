"""An organisation's logo: taken apart to pixels and drawn anew, so that nothing but pixels is kept."""

import io
import warnings
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager

from PIL import Image, ImageFile, UnidentifiedImageError

LARGEST_UPLOAD = 2 * 1024 * 1024  # bytes
LARGEST_SIDE = 6000  # pixels as sent
LARGEST_AREA = 16_000_000  # pixels as sent; four bytes each while it is redrawn
WIDTH = 600  # pixels as kept
HEIGHT = 600
FORMATS = ("PNG", "JPEG", "WEBP")


class BadLogo(Exception):
    """The picture is refused; ``code`` is ``too_large``, ``too_many_pixels`` or ``not_an_image``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def redraw_logo(data: bytes) -> bytes:
    """PNG bytes at most 600 pixels wide and high, without metadata; raises ``BadLogo``.

    Only PNG, JPEG and WebP are opened, and the size named in the header is checked before a pixel is unpacked.
    """
    if len(data) > LARGEST_UPLOAD:
        raise BadLogo("too_large")
    try:
        with warnings.catch_warnings(), _whole_files_only():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return _redrawn(data)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
        raise BadLogo("too_many_pixels") from bomb
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, MemoryError, EOFError) as damage:
        raise BadLogo("not_an_image") from damage


@contextmanager
def _whole_files_only() -> Iterator[None]:
    """WeasyPrint tells Pillow, for the whole process, to fill cut pictures up with grey."""
    before = ImageFile.LOAD_TRUNCATED_IMAGES
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        yield
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = before


def _redrawn(data: bytes) -> bytes:
    with Image.open(io.BytesIO(data), formats=FORMATS) as sent:
        width, height = sent.size
        if max(width, height) > LARGEST_SIDE or width * height > LARGEST_AREA:
            raise BadLogo("too_many_pixels")
        pixels = sent.convert("RGBA")
    pixels.thumbnail((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
    # PDF/A-3 allows transparency, paper does not know it: the logo stands on white.
    paper = Image.new("RGB", pixels.size, "white")
    paper.paste(pixels, mask=pixels.getchannel("A"))
    drawn = io.BytesIO()
    paper.save(drawn, "PNG", optimize=True)
    return drawn.getvalue()


def data_address(png: bytes) -> str:
    """The logo as a ``data:`` address for a document or page; empty for no logo."""
    return f"data:image/png;base64,{b64encode(png).decode()}" if png else ""
